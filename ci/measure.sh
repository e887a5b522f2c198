#!/usr/bin/env bash
# Everything that docs/speed.md tells of, measured in one run: Markdown on standard output, and the plot in docs/speed.svg.
#
#     ci/measure.sh MIXED.evtx PIPES.evtx > docs/measurements/DATE.md
#
# MIXED.evtx is a log of all kinds of events, PIPES.evtx one of pipe events alone, each of 512 MiB or so. What else is needed is
# made of them, in a temporary folder (TMPDIR) that takes 6 GiB. Takes ten minutes where nothing else runs; it should not.
#
# What ci/compare.sh takes from the environment is taken here too. MUTANTS=10000 says on how many damaged logs the fast path is
# compared with its slow twin.
set -euo pipefail
mixed=$(realpath "${1:?which log of all kinds of events?}")
pipes=$(realpath "${2:?which log of pipe events alone?}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PIPEMINE=${PIPEMINE:-$PWD/target/release/pipemine}
runs=${RUNS:-7}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -x "$PIPEMINE" ] || cargo build --quiet --locked --release

header=4096
chunk=65536
# The first chunks of a log.
begin() {
    head -c $((header + $2 * chunk)) "$1"
}
# The small logs: each chunk of the log with its header, over and over.
mkdir "$work/small"
export HEADER="$work/header"
head -c $header "$mixed" > "$HEADER"
for round in a b c d e f g h i j; do
    missing=$((20000 - $(find "$work/small" -type f | wc -l)))
    [ "$missing" -gt 0 ] || break
    begin "$mixed" "$missing" | tail -c +$((header + 1)) \
        | split -b $chunk -a 5 --additional-suffix=.evtx --filter='{ cat "$HEADER" -; } > "$FILE"' - "$work/small/$round"
done

echo "# $(date -u +%F)"
echo
echo "$(nproc) processors ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | sort -u | head -1)), "\
"$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 2^20 }' /proc/meminfo), Linux $(uname -r), $(rustc --version | cut -d' ' -f1,2);"\
" load $(cut -d' ' -f1-3 /proc/loadavg) when it began. Written by \`ci/measure.sh\`."
echo
PLOT=docs/speed.svg ci/compare.sh "$mixed"
JQ=none ci/compare.sh "$pipes"
ci/compare.sh "$work/small"
rm -r "$work/small"

echo "## Cost and memory by size"
echo
echo "\`pipemine baseline\`, one thread: medians of $runs. The logs above 512 MiB hold the same events several times."
echo
echo "| log | MiB | CPU seconds | peak, MiB |"
echo "|---|--:|--:|--:|"
cost() {
    local log=$2 run
    "$PIPEMINE" baseline --quiet --threads 1 "$log" -o - > "$work/output"
    for run in $(seq "$runs"); do
        /usr/bin/time -f '%U %S %M' -o "$work/time" "$PIPEMINE" baseline --quiet --threads 1 "$log" -o - > "$work/output"
        awk '{ print $1 + $2, $3 / 1024 }' "$work/time"
    done > "$work/costs"
    middle=$(((runs + 1) / 2))
    printf '| %s | %d | %.2f | %.1f |\n' "$1" $(($(wc -c < "$log") >> 20)) \
        "$(cut -d' ' -f1 "$work/costs" | sort -n | sed -n ${middle}p)" "$(cut -d' ' -f2 "$work/costs" | sort -n | sed -n ${middle}p)"
}
for log in "$mixed" "$pipes"; do
    kind=$([ "$log" = "$mixed" ] && echo mixed || echo 'pipe events alone')
    begin "$log" 1024 > "$work/log.evtx"
    cost "$kind" "$work/log.evtx"
    cost "$kind" "$log"
done
{ cat "$mixed"; for _ in 1 2 3 4 5 6 7; do tail -c +$((header + 1)) "$mixed"; done; } > "$work/log.evtx"
cost mixed "$work/log.evtx"
rm "$work/log.evtx"

echo
echo "## Reads and mappings"
echo
echo "CPU seconds for the mixed log, medians of seven in turn (\`benches/reading\`)."
echo
echo "| | seconds |"
echo "|---|--:|"
cargo run --quiet --release --manifest-path benches/reading/Cargo.toml -- "$mixed"

echo
echo "## Instructions"
echo
echo "For the logs of \`ci/instructions.sh\`, by callgrind."
echo
echo '```text'
ci/instructions.sh
echo '```'

echo
echo "## Fast path and slow twin"
echo
echo "On damaged chunks, and on every record of both logs:"
echo
echo '```text'
mkdir -p "$work/logs/evtx"
ln -s "$mixed" "$pipes" "$work/logs/evtx/"
for test in mutated_records_read_fast given_records_read_fast; do
    PIPEMINE_MUTANTS=${MUTANTS:-10000} PIPEMINE_REAL_LOGS=$work/logs cargo test --quiet --locked --release --lib -- \
        --nocapture --include-ignored "$test" 2>&1 | grep -E 'Compared|panicked' | sed "s|$work/logs/evtx/||"
done
echo '```'
