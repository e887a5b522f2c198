"""The command line: arguments in, a job run, an exit code out. The exit codes are those of `pipemine`."""

from __future__ import annotations

import argparse
import itertools
import os
import signal
import sys
from dataclasses import fields

from pipemine_spark.options import Options, parse

DONE, FAILED, PARTIAL, INTERRUPTED = 0, 1, 3, 130
#: So many damaged files are named on standard error; all of them are in the list.
_SAID = 20

_HELP = {
    "binary": "the program, by name or path (default: pipemine)",
    "partitions": "how many partitions to make (default: 3 for each core)",
    "timeout": "seconds that the program may take for a file, for each GiB begun (default: 600)",
    "memory": "MiB of memory that the program may use for a file, 0 without limit (default: 2048)",
    "merge_memory": "the same for merging (default: 0)",
    "endpoint": "another endpoint than Amazon's",
    "region": "region of the buckets",
    "anonymous": "read without credentials: true or false (default: false)",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = _parser()
    given = parser.parse_args(arguments)
    named = {field.name: getattr(given, field.name, None) for field in fields(Options)}
    try:
        options = parse({name: str(value) for name, value in named.items() if value is not None})
    except ValueError as error:
        parser.error(str(error))
    try:
        return _baseline(given, options)
    except KeyboardInterrupt:
        _say("interrupted, nothing is written")
        return INTERRUPTED


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _baseline(given: argparse.Namespace, options: Options) -> int:
    # Only now, so that --help and wrong usage need no Spark.
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    from pipemine_spark.job import fold

    if (given.remote or given.master or "").startswith("local"):
        # Workers on this machine need what is installed beside this Python, whether or not it is the one on PATH.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("pipemine-spark")
    for name, value in given.conf:
        builder = builder.config(name, value)
    if given.remote:
        builder = builder.remote(given.remote)
    elif given.master:
        builder = builder.master(given.master)
    try:
        spark = builder.getOrCreate()
        # Ended either way, it leaves no unfinished file. Spark's own handler of Ctrl-C cancels the jobs first, whose
        # failure then comes before the interruption.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        try:
            result = fold(spark, given.paths, given.output, options, given.damaged)
        finally:
            spark.stop()
    except (PySparkException, OSError, RuntimeError, ValueError) as error:
        _say(reason(str(error)))
        return FAILED
    for damage in result.damaged[:_SAID]:
        _say(f"{damage.source}: {damage.detail}")
    if len(result.damaged) > _SAID:
        _say(f"… and {len(result.damaged) - _SAID:,} more files that could not be read whole")
    _say(f"{result.files:,} files with {result.size:,} bytes read into {given.output}")
    return PARTIAL if result.damaged else DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pipemine-spark", description="pipemine on Apache Spark")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    baseline = commands.add_parser(
        "baseline",
        help="fold the logs of a fleet into one saved baseline",
        description="Folds logs into one saved baseline, byte for byte that of `pipemine baseline`. "
        "Exit codes: 0 done; 1 failed, nothing written; 2 wrong usage; 3 done, but not all could be read.",
        allow_abbrev=False,
    )
    baseline.add_argument("paths", nargs="+", metavar="PATH", help="files and folders: local, s3:// or s3a://; literal")
    baseline.add_argument("-o", "--output", required=True, metavar="FILE", help="the baseline to write")
    baseline.add_argument("--damaged", metavar="FILE", help="the list to write (default: FILE.damaged.jsonl)")
    baseline.add_argument("--master", help="the cluster (default: that of spark-submit, or local[*])")
    baseline.add_argument("--remote", help="a server of Spark Connect: sc://host:port")
    baseline.add_argument(
        "--conf", action="append", default=[], metavar="NAME=VALUE", type=_setting, help="a setting of Spark"
    )
    for name, text in _HELP.items():
        baseline.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar=name.upper(), help=text)
    return parser


def _setting(text: str) -> tuple[str, str]:
    name, given, value = text.partition("=")
    if not given:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE")
    return name, value


def reason(text: str) -> str:
    """Leave out where in Python and in Spark it happened: what it was comes behind all of that."""
    _, trace, end = text.rpartition("Traceback (most recent call last):\n")
    lines = end.splitlines()
    while trace and lines and lines[0].startswith(" "):
        del lines[0]
    told = list(itertools.takewhile(lambda line: line.strip() and not line.startswith(("\t", " SQLSTATE")), lines))
    return "\n".join(told).partition(": ")[2] if trace and told else text


def _say(text: str) -> None:
    sys.stderr.write("".join(f"pipemine-spark: {line}\n" for line in text.splitlines()))


if __name__ == "__main__":
    sys.exit(main())
