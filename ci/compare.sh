#!/usr/bin/env bash
# Whole commands side by side on one log: how long they take, in turn, so that whatever else the machine does meets all.
#
#     ci/compare.sh LOG.evtx                          cat, pipemine, and evtx_dump where it is installed
#     ci/compare.sh FOLDER                            cat and pipemine on all logs of a folder
#     ci/compare.sh LOG.evtx 'chainsaw dump "$LOG"'   and further commands
#
# RUNS=7 says how often, PIPEMINE=target/release/pipemine what is measured, EVTX_DUMP=evtx_dump and JQ=jq with what it is compared
# (`none` leaves one out: the pipeline with jq takes long on large logs), PLOT=FILE.svg where a plot goes. The result is Markdown
# on standard output: for each command the medians of all runs, and how many times as long as `cat` it takes. Time is the wall's;
# CPU is user and system, of all threads and of all commands of a pipeline.
set -euo pipefail
log=${1:?which log?}
shift
runs=${RUNS:-7}
pipemine=${PIPEMINE:-"$(dirname "${BASH_SOURCE[0]}")/../target/release/pipemine"}
evtx_dump=${EVTX_DUMP:-evtx_dump}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

names=(cat)
if [ -d "$log" ]; then
    commands=('find "$LOG" -type f -exec cat {} +')
else
    commands=('cat "$LOG"')
fi
for threads in 1 2; do
    of_threads="$threads thread$([ "$threads" = 1 ] || echo s)"
    names+=("pipemine baseline, $of_threads" "pipemine scan, $of_threads")
    commands+=("\"\$PIPEMINE\" baseline --quiet --threads $threads \"\$LOG\" -o -"
        "\"\$PIPEMINE\" scan --quiet --format csv --threads $threads \"\$LOG\"")
done
# Another program of this name comes with python-evtx.
if [ -f "$log" ] && [[ $("$evtx_dump" --version 2> "$work/errors" || true) = EVTX* ]]; then
    names+=('evtx_dump, 1 thread' 'evtx_dump, 2 threads')
    commands+=('"$EVTX_DUMP" -t 1 -o jsonl "$LOG"' '"$EVTX_DUMP" -t 2 -o jsonl "$LOG"')
    if command -v "${JQ:-jq}" > "$work/found"; then
        names+=('evtx_dump | jq | sort | uniq')
        commands+=('"$EVTX_DUMP" -t 1 -o jsonl "$LOG" | jq -r ".Event | select(.System.EventID == 17 or .System.EventID == 18)
            | [.EventData.PipeName, .EventData.Image] | @tsv" | sort | uniq -c | sort -rn')
    fi
fi
for command in "$@"; do
    names+=("${command%% *}")
    commands+=("$command")
done

# Wall, user and system seconds of a command, its output thrown away.
TIMEFORMAT='%R %U %S'
measure() {
    { time bash -c "set -o pipefail; $1 > /dev/null" 2> "$work/errors"; } 2>&1
}
export LOG=$log PIPEMINE=$pipemine EVTX_DUMP=$evtx_dump LC_ALL=C
for run in $(seq 0 "$runs"); do
    for at in "${!commands[@]}"; do
        # What fails is fast, and no measurement.
        seconds=$(measure "${commands[at]}") || {
            echo "${names[at]} failed: $(head -3 "$work/errors")" >&2
            exit 1
        }
        # The first round warms the cache.
        [ "$run" = 0 ] || echo "$seconds" >> "$work/$at"
    done
done

median() {
    sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}
for at in "${!commands[@]}"; do
    wall=$(awk '{ print $1 }' "$work/$at" | median)
    cpu=$(awk '{ print $2 + $3 }' "$work/$at" | median)
    printf '%s\t%s\t%s\n' "${names[at]}" "$wall" "$cpu"
done > "$work/table"

size=$(($(find "$log" -type f -printf '%s\n' | awk '{ all += $1 } END { print all }') >> 20))
echo "## $(basename "$log"), $size MiB"
echo
echo "$(date -u +%F), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | sort -u | head -1), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"\
", medians of $runs runs in turn, warm cache."
echo
echo '| command | seconds | times `cat` | CPU seconds | times `cat` |'
echo '|---|--:|--:|--:|--:|'
awk -F '\t' 'NR == 1 { wall = $2; cpu = $3 }
    { printf "| %s | %.3f | %.2f | %.3f | %.2f |\n", $1, $2, $2 / wall, $3, $3 / cpu }' "$work/table" \
    | sed 's/ | jq/ \\| jq/; s/ | sort/ \\| sort/; s/ | uniq/ \\| uniq/'
echo

# A bar for each command; one that is far longer than the others is cut off and says its length.
[ -z "${PLOT:-}" ] || awk -F '\t' -v title="Seconds for a log of $size MiB" '
    { name[NR] = $1; wall[NR] = $2 + 0 }
    END {
        for (i = 1; i <= NR; i++) if (wall[i] > most) { second = most; most = wall[i] }
            else if (wall[i] > second) second = wall[i]
        if (most > 3 * second) most = 1.15 * second
        height = 28 * NR + 44
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 %d\" font-family=\"sans-serif\" font-size=\"14\">\n", height
        print "<style>text { fill: #1f2328 } .own { fill: #1a7f37 } .other { fill: #8c959f }"
        print "@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .own { fill: #3fb950 } .other { fill: #6e7681 } }</style>"
        printf "<text x=\"8\" y=\"22\" font-weight=\"bold\">%s</text>\n", title
        for (i = 1; i <= NR; i++) {
            y = 14 + 28 * i
            width = 400 * wall[i] / most
            cut = width > 400
            if (cut) width = 400
            printf "<text x=\"232\" y=\"%d\" text-anchor=\"end\">%s</text>\n", y + 15, name[i]
            printf "<rect class=\"%s\" x=\"240\" y=\"%d\" width=\"%.1f\" height=\"20\"/>\n", \
                name[i] ~ /^pipemine/ ? "own" : "other", y, width
            printf "<text x=\"%.1f\" y=\"%d\">%.2f%s</text>\n", 246 + width, y + 15, wall[i], cut ? " (cut off)" : ""
        }
        print "</svg>"
    }' "$work/table" > "$PLOT"
