#!/usr/bin/env bash
# What must pass before a change lands, for people and for CI alike. The tests come last: their summary closes the output.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() {
    printf '\n== %s (at %d s)\n' "$*" $SECONDS >&2
    "$@"
}

step cargo fmt --all -- --check
# Clippy, the check and the documentation share what the compiler knows of the dependencies.
step cargo clippy --locked --workspace --all-targets -- -D warnings
step cargo check --locked --lib --no-default-features
RUSTDOCFLAGS="${RUSTDOCFLAGS:-} -D warnings" step cargo doc --locked --workspace --no-deps
step cargo test --locked --workspace --no-run
# In the browser, the program is the one that the tests built.
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
PIPEMINE=${PIPEMINE:-$target/debug/pipemine} step ci/browser.sh
step cargo test --locked --workspace
