#!/usr/bin/env bash
# The Spark package: an environment of its own, the linters, and its tests. Says aloud that it skips where Java, Python or
# the packages cannot be had: the Rust project needs none of it.
#   spark/ci.sh                              everything
#   spark/ci.sh --quick                      without the linters, and without what starts a cluster or takes gigabytes
#   spark/ci.sh --prepare                    nothing but the environment
#   PYSPARK=4.0.5 spark/ci.sh -k table       another version, and a choice of tests
# PIPEMINE and PIPEMINE_TESTDATA name the programs; by default they are built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

newest=4.3.0
pyspark=${PYSPARK:-$newest}
target=$(realpath -m "${CARGO_TARGET_DIR:-../target}")
environment=${SPARK_VENV:-$target/spark-$pyspark}
quick=
[ "${1:-}" != --quick ] || { quick=yes; shift; }

skip() {
    echo "skipped: the tests of spark/: $*"
    exit 0
}

install() {
    [[ ${CI:-} == true && $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >&2
}

has_java() {
    java -version 2>&1 | grep -Eq 'version "(17|21)'
}

# Asked, not just found: pyenv has a command for versions that it does not run.
find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.10; do
        "$name" -c 'import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null || continue
        echo "$name"
        return
    done
    return 1
}

has_java || { install openjdk-17-jre-headless && has_java; } || skip "they need Java 17 or 21"
if [ ! -x "$environment/bin/pipemine-spark" ]; then
    python=$(find_python) || { install python3-venv && python=$(find_python); } || skip "they need Python 3.10 to 3.13 with venv"
    "$python" -m venv "$environment" || skip "no virtual environment can be made"
    "$environment/bin/pip" install --quiet --disable-pip-version-check \
        -e '.[spark,test,lint]' "pyspark[connect]==$pyspark" || { rm -rf "$environment"; skip "the packages cannot be had"; }
fi
if [ "${1:-}" = --prepare ]; then exit; fi
PATH=$environment/bin:$PATH

if [ "$quick" ]; then
    profile=() build=debug
    set -- -m 'not slow' "$@"
else
    # Types are those of the newest version.
    if [ "$pyspark" = "$newest" ]; then
        ruff check .
        ruff format --check .
        mypy
    fi
    profile=(--release) build=release
fi
if [ -z "${PIPEMINE:-}" ] || [ -z "${PIPEMINE_TESTDATA:-}" ]; then
    cargo build --quiet --locked --workspace --bins "${profile[@]}"
    export PIPEMINE=$target/$build/pipemine PIPEMINE_TESTDATA=$target/$build/pipemine-testdata
fi
pytest -q "$@"
