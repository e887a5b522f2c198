#!/usr/bin/env bash
# The review page in a real browser: Debian's chromium, driven by Playwright, and Firefox where there is one. Says
# `skipped: ...` where they cannot be had.
# PIPEMINE names the program (by default it is built); pictures go to the folder that is given, or to a temporary one.
#
#     ci/browser.sh [FOLDER]               the tests
#     ci/browser.sh --figures [LOG...]     what pages weigh and how quickly they answer, as a table: docs/report.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    echo "skipped: the review page in a browser: $*"
    exit 0
}

install_chromium() {
    [[ ${CI:-} == true && $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
    apt-get update && apt-get install -y --no-install-recommends chromium fonts-liberation
}

find_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

command -v node >/dev/null && command -v npm >/dev/null || skip "there is no node with npm"
browser=$(find_chromium) || { install_chromium >&2 && browser=$(find_chromium); } || skip "there is no chromium"

figures=false build=() profile=debug logs=$PWD/testdata/fleet
if [[ ${1:-} == --figures ]]; then
    shift
    figures=true build=(--release) profile=release
    logs=$(for log; do realpath "$log"; done | paste -sd,)
    set --
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shots=${1:-$work/shots}
mkdir -p "$shots" "$work/tests" "$work/src/report"
cp -r tests/browser "$work/tests/"
cp -r src/report/page "$work/src/report/"
echo '{"type": "module"}' >"$work/package.json"
program=${PIPEMINE:-}
if [[ -z $program ]]; then
    cargo build --locked --quiet "${build[@]}"
    program=$(cargo metadata --locked --no-deps --format-version 1 | node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')/$profile/pipemine
fi

cd "$work/tests/browser"
npm ci --no-audit --no-fund --loglevel=error >&2 || skip "npm cannot install tests/browser"
if $figures; then
    node figures.mjs "$program" "$browser" "$logs" "$shots"
    exit
fi
echo "the page's types"
npx --no-install tsc --project tsconfig.json
node effect.mjs "$program" "$browser" "$logs" "$shots"
node review.mjs "$program" "$browser" "$logs" "$shots"
node odd.mjs "$program" "$browser" "$logs" "$shots"
firefox=$(command -v firefox-esr || command -v firefox) || skip "there is no Firefox: only Chromium was asked"
node firefox.mjs "$program" "$firefox" "$logs" "$shots"
