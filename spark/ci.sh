#!/usr/bin/env bash
# The Spark package: an environment of its own, the linters, and all tests. Says aloud what it skips where Java, Python or
# the packages cannot be had: the Rust project needs none of it.
#   PYSPARK=4.0.5 spark/ci.sh -k table     another version, and a choice of tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

newest=4.3.0
pyspark=${PYSPARK:-$newest}
seconds=${SPARK_TEST_SECONDS:-240}
environment=${SPARK_VENV:-../target/spark-$pyspark}

skip() {
    echo "skipped: the tests of spark/: $*"
    exit 0
}

java -version 2>&1 | grep -Eq 'version "(17|21)' || skip "they need Java 17 or 21"
python=$(command -v python3.13 python3.12 python3.11 python3.10 | head -n 1) || true
[ -n "$python" ] || skip "they need Python 3.10 to 3.13"

if [ ! -x "$environment/bin/pipemine-spark" ]; then
    "$python" -m venv "$environment" || skip "no virtual environment can be made"
    "$environment/bin/pip" install --quiet --disable-pip-version-check \
        -e '.[spark,test,lint]' "pyspark[connect]==$pyspark" || { rm -rf "$environment"; skip "the packages cannot be had"; }
fi

PATH=$environment/bin:$PATH
# Types are those of the newest version.
if [ "$pyspark" = "$newest" ]; then
    ruff check .
    ruff format --check .
    mypy
fi
cargo build --quiet --locked --workspace --bins
# The tests with one session come first, so that what a slow machine has no time for are those that start clusters.
timeout --kill-after=10 "$seconds" pytest -q -m 'not slow' "$@" && exit
status=$?
if [ "$status" = 124 ]; then
    echo "skipped: the tests of spark/ that are not above: they took more than $seconds seconds"
    exit 0
fi
exit "$status"
