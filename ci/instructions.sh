#!/usr/bin/env bash
# How many instructions it takes to fold one fixed set of logs, which shows a regression on a noisy machine too.
#
#     ci/instructions.sh              fails where they are more than a fiftieth off those in benches/instructions.txt
#     ci/instructions.sh --record     writes that file; for a change that is meant
#
# Needs valgrind. Hashes are keyed anew in every process, so the number varies by some thousandths. A new compiler or a
# new C library may change it: then record it anew, on the commit before the change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
recorded=benches/instructions.txt
pipemine=${PIPEMINE:-target/release/pipemine}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -n "${PIPEMINE:-}" ] || cargo build --quiet --locked --release
cargo run --quiet --locked -p pipemine-testdata -- fleet "$work/logs" --hosts 8 --days 5 --seed 1 --noise 400 > "$work/truth"
count() {
    valgrind --tool=callgrind --callgrind-out-file="$work/profile" \
        "$pipemine" "$@" --quiet --threads 1 "$work/logs" > "$work/output" 2> "$work/errors"
    sed -n 's/^summary: //p; s/^totals: //p' "$work/profile" | head -1
}
{
    echo "baseline $(count baseline -o -)"
    echo "scan $(count scan --format json)"
} > "$work/counts"

cat "$work/counts"
if [ "${1:-}" = --record ]; then
    cp "$work/counts" "$recorded"
    exit
fi
paste -d ' ' "$recorded" "$work/counts" | awk '{
    off = $4 / $2 - 1
    printf "%s: %+.2f%% against %s\n", $1, 100 * off, $2
    failed = failed || off > 0.02 || off < -0.02
} END { exit failed }' >&2
