#!/usr/bin/env bash
# Fills in the templates of winget and Homebrew: what was released, from where, with which check sums.
#
#   packaging/manifests.sh VERSION OWNER/REPOSITORY SHA256SUMS FOLDER
set -euo pipefail
[ $# = 4 ] || { sed -n '2,4s/^# \?//p' "$0" >&2; exit 2; }
version=$1 repository=$2 sums=$3 folder=$4
here=$(dirname "${BASH_SOURCE[0]}")

sum() {
    awk -v name="pipemine-$version-$1" '$2 == name || $2 == "*" name { print $1; found = 1 } END { exit !found }' "$sums" ||
        { echo "$sums has no pipemine-$version-$1" >&2; exit 1; }
}
substitutions=(-e "s|@VERSION@|$version|g" -e "s|@REPOSITORY@|$repository|g" -e "s|@OWNER@|${repository%%/*}|g")
for target in x86_64-pc-windows-msvc.zip aarch64-pc-windows-msvc.zip x86_64-apple-darwin.tar.gz aarch64-apple-darwin.tar.gz \
    x86_64-unknown-linux-musl.tar.gz aarch64-unknown-linux-musl.tar.gz; do
    digest=$(sum "$target")
    substitutions+=(-e "s|@SHA256:$target@|$digest|g")
done
for template in "$here"/winget/*.yaml "$here"/homebrew/*.rb; do
    out=$folder/${template#"$here"/}
    mkdir -p "$(dirname "$out")"
    sed "${substitutions[@]}" "$template" >"$out"
    if grep -n '@[A-Z]' "$out"; then
        echo "$template holds what is not known" >&2
        exit 1
    fi
done
