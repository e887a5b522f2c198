#!/usr/bin/env bash
# Every command in every format by two builds, one for this system and one for Windows: what they print and say, how they
# end, and the files that they write must be the same, byte for byte. WINE runs the second.
#
#   WINE=/usr/lib/wine/wine64 ci/wine/same.sh PROGRAM PROGRAM.EXE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
real=${PIPEMINE_REAL_LOGS:+$(realpath "$PIPEMINE_REAL_LOGS")}
formats=(table csv json jsonl)

# What both sides read; what people write has the line ends of Windows.
inputs() {
    ln -s "$root/testdata/fleet" fleet
    ln -s "$root/testdata/sigma" sigma
    # The first byte of such a seed tells the fuzz target what to do.
    mkdir forms
    for seed in "$root"/fuzz/seeds/source/*; do tail -c +2 "$seed" >"forms/${seed##*/}"; done
    if [ "$real" ]; then
        ln -s "$real/evtx" real
        ln -s "$real/pipe-events.jsonl" pipe-events.jsonl
        ln -s "$real"/damaged/*.evtx .
    fi
    printf '%s\r\n' '<Sysmon schemaversion="4.50">' '  <EventFiltering>' '    <RuleGroup name="" groupRelation="or">' \
        '      <PipeEvent onmatch="exclude">' '        <PipeName condition="is">\ExampleBackup\legacy</PipeName>' \
        '      </PipeEvent>' '    </RuleGroup>' '  </EventFiltering>' '</Sysmon>' >sysmon.xml
    printf '%s\t%s\t%s\t%s\t%s\r\n' \
        exclude any '\mojo.<pid>.<n>.<n>' 'C:\Users\alice\AppData\Local\Microsoft\Teams\current\Teams.exe' 'until it moves' \
        keep connected '\wkssvc' 'C:\Windows\System32\wbem\wmiprvse.exe' 'größer' >decisions.txt
    printf 'known-bad\t\\evil_<hex:4>\tour red team\texercise of 2024\r\n' >ours.tsv
    printf 'logged\tconnected\t\\lsass\tC:\\Temp\\x.exe\tpayloads open it\r\n' >must.tsv
}

once() {
    "${program[@]}" "$@" >"$number.out" 2>"$number.err" </dev/null
}

# Runs one command; what it printed, said and ended with is kept beside the files that it wrote.
run() {
    local code=0
    number=$((number + 1))
    once "$@" || code=$?
    # Above 128 it was a signal that ended Wine itself. No Windows program can bring that about: one that faults ends with 5,
    # one that aborts with 3 or 9. Wine 8 does so on a busy machine, where a process ends and everything is said: SIGSEGV, or
    # SIGKILL from its server, for up to 2 of 184 commands of a whole run, and for none of 3,400 runs of such a command
    # alone. Such a command is run again, five times in all, and only counts if it says the same again.
    if [ $code -gt 128 ] && [ "${program[0]}" = "$WINE" ] && [ $deaths -lt 5 ]; then
        deaths=$((deaths + 1))
        echo "Wine was ended by signal $((code - 128)), time $deaths of at most 5, and is run again: pipemine $*" >&2
        mv "$number.out" first.out
        mv "$number.err" first.err
        code=0
        once "$@" || code=$?
        cmp first.out "$number.out" >&2 && cmp first.err "$number.err" >&2 || code=wine
        rm first.out first.err
    fi
    echo "$code pipemine $*" >"$number.code"
    # Paths have other separators, and a program on Windows is named by its file.
    sed -i '/^wine: /d; s/pipemine\.exe/pipemine/g; s/\\/\//g' "$number.err"
    sed -i 's/pipemine\.exe/pipemine/g' "$number.out"
}

without_logs() {
    local commands=(collect scan draft check diff baseline report knowledge completions man)
    run --help
    run -V
    run man
    for command in "${commands[@]}"; do
        run "$command" --help
        run man "$command"
    done
    for shell in bash zsh fish powershell elvish; do run completions "$shell"; done
    run collect -o collect.xml
    run collect --known-bad
    run collect --known-bad --knowledge ours.tsv --schema 4.90
    for format in "${formats[@]}"; do run knowledge --format "$format"; done
    run knowledge --knowledge ours.tsv --list known-bad
    for format in "${formats[@]}"; do run check --config sysmon.xml --format "$format"; done
    run check --explain name-only
    run check --config sysmon.xml --pipe '\wkssvc' --image 'C:\Temp\x.exe'
    run check --config sysmon.xml --expect must.tsv --fail-on error
    run check --config sysmon.xml --exit-code
    run scan
    run scan forms --format json
    for log in forms/* *.evtx; do [ ! -e "$log" ] || run scan "$log" --format json; done
}

# The rounds of the loop on the logs `$1`, of which those until the day `$2` are the first.
with_logs() {
    local logs=$1
    run baseline -o "$logs.base" "$logs"
    run baseline -o "$logs.old.base" "$logs" --until "$2"
    run baseline -o "$logs.base.gz" "$logs.old.base" "$logs"
    run baseline -o "$logs.base.zst" "$logs.base"
    run draft "$logs" -o "$logs.xml" --explain "$logs.md"
    run draft "$logs.base" --sigma sigma --decisions decisions.txt --knowledge ours.tsv -o "$logs.sigma.xml" --explain "$logs.json"
    run draft "$logs.old.base" --style name --schema 4.90 --max-rules 9
    run draft "$logs.old.base" --config sysmon.xml --max-rules 20 -o "$logs.merged.xml" --explain "$logs.merged.md"
    run draft "$logs" --config "$logs.merged.xml" --decisions decisions.txt --prune
    run draft "$logs" --config "$logs.merged.xml" --decisions decisions.txt --prune=apply -o "$logs.merged.xml"
    run report "$logs" -o "$logs.html"
    run report "$logs.base" -o "$logs.decided.html" --config "$logs.merged.xml" --decisions decisions.txt --sigma sigma
    run scan "$logs" --min-hosts 2 --limit 5 --color always --format table
    for list in logged dropped rules findings hidden suspects asleep; do
        run check --config "$logs.xml" "$logs.base" --sigma sigma --show "$list" --format csv
    done
    for format in "${formats[@]}"; do
        for by in pair pipe image family host; do run scan "$logs" --by "$by" --format "$format"; done
        run scan "$logs.base" --format "$format"
        run check --config "$logs.xml" "$logs" --format "$format"
        run check --config "$logs.merged.xml" --sigma sigma "$logs.base" --exit-code --format "$format"
        run diff "$logs.old.base" "$logs" --format "$format"
        run diff "$logs.old.base" "$logs" --by pair --config "$logs.xml" --exit-code --format "$format"
    done
}

side() {
    program=("${@:2}")
    number=0 deaths=0
    cd "$1"
    inputs
    without_logs
    with_logs fleet 2025-03-05
    [ ! -e real ] || with_logs real 2019-06-01
    [ ! -e pipe-events.jsonl ] || for format in "${formats[@]}"; do run scan pipe-events.jsonl --format "$format"; done
}

work=$(mktemp -d)
mkdir "$work/linux" "$work/windows"
[ "$real" ] || echo "skipped: PIPEMINE_REAL_LOGS names no real logs" >&2
(side "$work/linux" "$1") &
(side "$work/windows" "$WINE" "$2")
wait $!
diff -r --no-dereference "$work/linux" "$work/windows" || { echo "the builds differ, see above" >&2; exit 1; }
cat "$work"/linux/*.code | cut -d' ' -f1 | sort | uniq -c | awk '{print "ended with " $2 ": " $1 " commands"}' >&2
rm -r "$work"
echo "the same output, messages, exit codes and files" >&2
