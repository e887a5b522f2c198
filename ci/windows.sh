#!/usr/bin/env bash
# The Windows build, run: the command-line tests under Wine, and its output held against that of the build for this
# system, byte for byte. What it needs is installed in CI (Debian, as root); where it is not there, it says so and ends well.
#
#   ci/windows.sh [TEST…]      of the tests only those whose names have one of these in them
#   ci/windows.sh --build      nothing but what is installed and built for it
#
# PIPEMINE names the program of this system (by default it is built), a file called pipemine, as its help says.
#
# Built with Debian's Rust for the web, which comes with the source of std: no compiled std for Windows is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    echo "skipped: the Windows build: $*"
    exit 0
}
step() {
    printf '\n== %s (at %d s)\n' "$*" $SECONDS >&2
}

packages=(rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64-win32 wine64)
triple=x86_64-pc-windows-gnu
root=$PWD
target=${CARGO_TARGET_DIR:-$root/target}
server=/usr/lib/wine/wineserver64
export WINE=/usr/lib/wine/wine64 REAP=$target/wine-reap WINEPREFIX=$target/wine-prefix WINEDEBUG=-all

step "what Windows programs are built and run with"
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    [[ ${CI:-} == true && $(id -u) == 0 ]] && command -v apt-get >/dev/null || skip "there is no ${missing[*]}"
    install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
    { apt-get update -qq && install; } || skip "apt-get cannot install ${missing[*]}"
fi

step "build for $triple"
windows_cargo() {
    env PATH=/usr/bin:/bin RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 \
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="$root/ci/wine/tests.sh" \
        /usr/bin/cargo "$1" --locked -Zbuild-std=std,panic_unwind,panic_abort,test --target $triple "${@:2}"
}
windows_cargo test --no-run --test it
if [ "${1:-}" = --build ]; then exit; fi
program=${PIPEMINE:-}
if [ -z "$program" ]; then
    cargo build --locked --bin pipemine
    program=$target/debug/pipemine
fi
exe=$target/$triple/debug/pipemine.exe

step "a Wine prefix"
# The server stays until the end. By itself it leaves when nothing ran for three seconds, and what starts just then may be lost.
mkdir -p "$WINEPREFIX"
trap '"$server" -k || true' EXIT
"$server" -p || skip "Wine does not start here"
if [ ! -e "$WINEPREFIX/drive_c/windows/system32" ]; then
    "$WINE" wineboot --init >/dev/null 2>&1 || skip "Wine does not start here"
fi
drive=$WINEPREFIX/drive_c
if [ ! -e "$drive/windows/system32/bcryptprimitives.dll" ]; then
    x86_64-w64-mingw32-gcc -shared -O2 -s -o "$drive/windows/system32/bcryptprimitives.dll" \
        ci/wine/bcryptprimitives.c -ladvapi32
fi
cc -O2 -Wall -o "$REAP" ci/wine/reap.c
# Shares of this very machine, as Windows has them.
mkdir -p "$WINEPREFIX/dosdevices/unc/localhost"
for letter in C Z; do
    ln -sfn "../../${letter,}:" "$WINEPREFIX/dosdevices/unc/localhost/$letter\$"
done
# A live log that may not be read: this file of Linux is for writing only, for root too.
logs=$drive/windows/system32/winevt/Logs
mkdir -p "$logs"
ln -sfn /proc/sys/vm/compact_memory "$logs/Microsoft-Windows-Sysmon%4Operational.evtx"

step "on a console: a table, its width and colours"
screen=$(mktemp)
script -qec "stty cols 90 rows 40; '$WINE' '$exe' scan testdata/fleet --limit 3" /dev/null </dev/null >"$screen"
# (Wine draws the console anew: positions and line ends are its own.)
grep -q '^PIPE  \|mPIPE  ' "$screen" && grep -q $'\e\[1m' "$screen" && grep -q 'WindowsP\|Windo…' "$screen" ||
    { cat -v "$screen"; exit 1; }
rm "$screen"

step "the same bytes as the build for this system"
ci/wine/same.sh "$program" "$exe"

step "command-line tests under Wine"
# Left out are the slowest of those that do nothing but count and compare: the system makes no difference to them.
windows_cargo test --test it -- "$@" \
    --skip poison:: --skip holdout:: --skip loop_rounds:: --skip baseline_file::every_way_to_put_it_together
