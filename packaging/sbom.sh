#!/usr/bin/env bash
# Writes the list of what is built into the program, as CycloneDX; needs cargo-cyclonedx and jq.
#
#   packaging/sbom.sh FILE
#
# Taken out of what cargo-cyclonedx writes are the path of this folder and what Cargo's metadata names but never builds: what an
# optional dependency would need, or what a test asks for.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,4s/^# \?//p' "$0" >&2; exit 2; }
file=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work" pipemine_bin.cdx.json testdata/generator/pipemine-testdata_bin.cdx.json' EXIT

cargo cyclonedx --format json --describe binaries --target all
cargo tree --locked --package pipemine --target all --edges normal,build --prefix none |
    awk '{ print $1 "@" substr($2, 2) }' >"$work/built"
jq --rawfile built "$work/built" '
    ($built | split("\n")) as $built
    | .metadata.component["bom-ref"] as $here
    | .metadata.component.purl |= sub("\\?.*"; "")
    | .metadata.component.purl as $name
    | walk(if . == $here then $name else . end)
    | .components |= map(select("\(.name)@\(.version)" | IN($built[])))
    | ([$name] + [.components[]["bom-ref"]]) as $refs
    | .dependencies |= map(select(.ref | IN($refs[])) | if .dependsOn then .dependsOn |= map(select(IN($refs[]))) else . end)
' pipemine_bin.cdx.json >"$work/sbom"
mv "$work/sbom" "$file"
