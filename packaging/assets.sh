#!/usr/bin/env bash
# Writes what belongs to an installation beside the program, made by the program itself: man pages and completions.
#
#   packaging/assets.sh PROGRAM FOLDER
set -euo pipefail
[ $# = 2 ] || { sed -n '2,4s/^# \?//p' "$0" >&2; exit 2; }
program=$1 folder=$2
mkdir -p "$folder/man" "$folder/completions"
"$program" man >"$folder/man/pipemine.1"
# The commands are those that the program's own page names.
for command in $(sed -n 's/^pipemine\\-\([a-z]*\)(1)$/\1/p' "$folder/man/pipemine.1"); do
    "$program" man "$command" >"$folder/man/pipemine-$command.1"
done
"$program" completions bash >"$folder/completions/pipemine"
"$program" completions zsh >"$folder/completions/_pipemine"
"$program" completions fish >"$folder/completions/pipemine.fish"
"$program" completions powershell >"$folder/completions/_pipemine.ps1"
