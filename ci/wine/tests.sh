#!/usr/bin/env bash
# Runs a test program under Wine, and tells what Wine did from what the program did.
#
#   WINE=/usr/lib/wine/wine64 REAP=… ci/wine/tests.sh TESTS.EXE [ARGUMENT…]
#
# Wine 8 is ended by a signal now and then on a busy machine (see same.sh), and the test then sees an exit code of 0. No
# Windows program can bring a signal about: one that faults ends with 5, one that aborts with 3 or 9. So these ends are counted
# for each command (reap.c). Of the tests that failed as many may be run again, once and by name, and must pass then. Any
# failure more than that is one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# One run; how it ended is in `code`.
run() {
    code=0
    : >"$work/ended"
    "$REAP" "$work/ended" "$WINE" "$@" | tee "$work/said" || code=$?
    # The test program says how it went before it ends.
    if [ $code -gt 128 ] && grep -q '^test result: ' "$work/said"; then
        echo "Wine was ended by signal $((code - 128)) when all tests had run" >&2
        grep -q '^test result: ok' "$work/said" && code=0 || code=101
    fi
}

program=$1
run "$@"
if [ $code -gt 128 ]; then
    echo "Wine was ended by signal $((code - 128)) before the tests had run, which are run again" >&2
    run "$@"
fi
[ $code != 0 ] || exit 0
mapfile -t failed < <(sed -n 's/^test \(.*\) \.\.\. FAILED\r\?$/\1/p' "$work/said")
ends=$(grep -c ' pipemine\.exe$' "$work/ended" || true)
[ ${#failed[@]} -gt 0 ] && [ ${#failed[@]} -le "$ends" ] || exit $code
echo "Wine was ended by a signal in $ends commands; the tests that failed are run again: ${failed[*]}" >&2
run "$program" --exact "${failed[@]}"
exit $code
