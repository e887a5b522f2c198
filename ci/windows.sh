#!/usr/bin/env bash
# The Windows build, run: the command-line tests under Wine, and its output held against that of the build for this
# system, byte for byte. What it needs is installed where it can be (Debian, as root); where not, it says so and ends well.
#
# Built with Debian's Rust for the web, which comes with the source of std: no compiled std for Windows is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    echo "skipped: the Windows build was not run: $*" >&2
    exit 0
}
step() {
    printf '\n== %s\n' "$*" >&2
}

packages=(rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64-win32 wine64)
triple=x86_64-pc-windows-gnu
root=$PWD
target=${CARGO_TARGET_DIR:-$root/target}
wine=/usr/lib/wine/wine64
export WINEPREFIX=$target/wine-prefix WINEDEBUG=-all

step "what Windows programs are built and run with"
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || skip "${missing[*]} are Debian's, and there is no apt-get"
    [ "$(id -u)" = 0 ] || skip "${missing[*]} are missing, and only root can install them"
    install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
    { apt-get update -qq && install; } || install || skip "apt-get cannot install ${missing[*]}"
fi

step "a Wine prefix"
if [ ! -e "$WINEPREFIX/system.reg" ]; then
    mkdir -p "$target"
    "$wine" wineboot --init >/dev/null 2>&1 || skip "Wine does not start here"
fi
trap '/usr/lib/wine/wineserver64 -k || true' EXIT
drive=$WINEPREFIX/drive_c
if [ ! -e "$drive/windows/system32/bcryptprimitives.dll" ]; then
    x86_64-w64-mingw32-gcc -shared -O2 -s -o "$drive/windows/system32/bcryptprimitives.dll" \
        ci/wine/bcryptprimitives.c -ladvapi32
fi
# Shares of this very machine, as Windows has them.
mkdir -p "$WINEPREFIX/dosdevices/unc/localhost"
for letter in C Z; do
    ln -sfn "../../${letter,}:" "$WINEPREFIX/dosdevices/unc/localhost/$letter\$"
done
# A live log that may not be read: this file of Linux is for writing only, for root too.
logs=$drive/windows/system32/winevt/Logs
mkdir -p "$logs"
ln -sfn /proc/sys/vm/compact_memory "$logs/Microsoft-Windows-Sysmon%4Operational.evtx"

step "build for $triple"
windows_cargo() {
    env PATH=/usr/bin:/bin RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 CARGO_PROFILE_DEV_DEBUG=0 \
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="$wine" \
        /usr/bin/cargo "$1" --locked -Zbuild-std=std,panic_unwind,panic_abort,test --target $triple "${@:2}"
}
windows_cargo test --no-run --test it
cargo build --locked --bin pipemine
exe=$target/$triple/debug/pipemine.exe

step "on a console: a table, its width and colours"
screen=$(mktemp)
script -qec "stty cols 90 rows 40; '$wine' '$exe' scan testdata/fleet --limit 3" /dev/null </dev/null >"$screen"
# (Wine draws the console anew: positions and line ends are its own.)
grep -q '^PIPE  \|mPIPE  ' "$screen" && grep -q $'\e\[1m' "$screen" && grep -q 'WindowsP\|Windo…' "$screen" ||
    { cat -v "$screen"; exit 1; }
rm "$screen"

step "the same bytes as the build for this system"
work=$(mktemp -d)
mkdir -p "$work/linux" "$work/windows"
sources=(fleet)
[ -d ../shared/data/real/evtx ] && sources+=(real) || echo "skipped: there is no ../shared/data/real/evtx" >&2
for side in linux windows; do
    ln -s "$root/testdata/fleet" "$work/$side/fleet"
    ln -s "$root/testdata/sigma" "$work/$side/sigma"
    [ ${#sources[@]} -lt 2 ] || ln -s "$(cd ../shared/data/real/evtx && pwd)" "$work/$side/real"
done
number=0
# Runs the command on both sides: what it printed and how it ended is kept beside the files that it wrote.
both() {
    number=$((number + 1))
    run() {
        local code=0
        "$@" >"$number.out" 2>"$number.err" </dev/null || code=$?
        # Paths have other separators, and a program on Windows is named by its file.
        sed -i '/^wine: /d; s/pipemine\.exe/pipemine/g; s/\\/\//g' "$number.err"
        sed -i 's/pipemine\.exe/pipemine/g' "$number.out"
        echo "$code pipemine ${*:$((1 + skip_words))}" >"$number.code"
    }
    (cd "$work/linux" && skip_words=1 run "$target/debug/pipemine" "$@")
    (cd "$work/windows" && skip_words=2 run "$wine" "$exe" "$@")
}
formats=(table csv json jsonl)
both collect
both collect --known-bad
for page in "" scan draft check diff baseline; do both man $page; done
for shell in bash zsh fish powershell elvish; do both completions "$shell"; done
for command in scan draft check diff baseline collect; do both "$command" --help; done
for format in "${formats[@]}"; do both knowledge --format "$format"; done
for source in "${sources[@]}"; do
    days=(--until 2025-03-05)
    [ "$source" = fleet ] || days=(--until 2019-06-01)
    both draft "$source" -o "$source.xml" --explain "$source.md"
    both draft "$source" --sigma sigma -o "$source.sigma.xml" --explain "$source.json"
    both draft "$source" --style name --schema 4.50
    both baseline -o "$source.base" "$source"
    both baseline -o "$source.old.base" "$source" "${days[@]}"
    for format in "${formats[@]}"; do
        for by in pair pipe image family host; do
            both scan "$source" --by "$by" --format "$format"
        done
        both scan "$source.base" --format "$format"
        both check --config "$source.xml" "$source" --format "$format"
        both diff "$source.old.base" "$source" --format "$format"
    done
done
diff -r --no-dereference "$work/linux" "$work/windows" || { echo "the builds differ, see above" >&2; exit 1; }
grep -h '' "$work"/linux/*.code | cut -d' ' -f1 | sort | uniq -c | awk '{print $1 " commands ended with " $2}' >&2
echo "$number commands, ${sources[*]}: the same output, messages, exit codes and files" >&2
rm -r "$work"

step "command-line tests under Wine"
# Left out are the slowest of those that do nothing but count and compare: the system makes no difference to them.
windows_cargo test --test it -- \
    --skip poison:: --skip holdout:: --skip baseline_file::every_way_to_put_it_together
