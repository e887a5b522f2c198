"""A session and paths in, one saved baseline of all of them out, with the list of what could not be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pyspark.sql import functions

from pipemine_spark.datasource import NAME, register
from pipemine_spark.merging import merge_all
from pipemine_spark.options import PARTITIONS_PER_CORE, Options
from pipemine_spark.rows import DAMAGE, PIECE, SUM, text
from pipemine_spark.target import appearing

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Spark puts 10,000 rows into a batch by default; with rows of a MiB each that would be 10 GiB.
_ROWS_IN_BATCH = ("spark.sql.execution.arrow.maxRecordsPerBatch", "64")


class NothingReadError(RuntimeError):
    """Not one log could be read, so there is nothing to write."""

    def __init__(self, damaged: list[Damage]) -> None:
        what = "\n".join(f"{damage.source}: {damage.detail}" for damage in damaged[:20])
        super().__init__(f"nothing could be read\n{what}".rstrip())
        self.damaged = damaged


@dataclass(frozen=True)
class Damage:
    """A file that was not read whole."""

    source: str
    size: int
    status: str
    detail: str


@dataclass(frozen=True)
class Result:
    """What a job came to."""

    files: int
    size: int
    #: Pipe events in all files; an event that is in two of them is counted twice here, and once in the baseline.
    pipe_events: int
    #: Seconds of all tasks together that files took.
    seconds: float
    #: Sorted by source.
    damaged: list[Damage]


def fold(
    spark: SparkSession,
    paths: list[str],
    output: str,
    options: Options | None = None,
    damaged: str | None = None,
) -> Result:
    """
    Fold all logs below `paths` into the saved baseline `output`, byte for byte what `pipemine baseline` writes.

    The files are listed where Spark plans; `output` and `damaged` (by default beside it, with `.damaged.jsonl`) are
    written where this runs, and appear whole or not at all. Raises where a file is not to blame: then nothing is
    written. It uses DataFrames alone, so the session may be one of Spark Connect.
    """
    if Path(output).suffix.lower() in (".gz", ".zst"):
        raise ValueError(f"{output}: the baseline is written unpacked; pack it afterwards, or give it another name")
    listed = damaged or f"{output}.damaged.jsonl"
    if Path(output).resolve() == Path(listed).resolve():
        raise ValueError(f"{output}: the baseline and the list of damage cannot be one file")
    options = options or Options()
    with _setting(spark, *_ROWS_IN_BATCH), appearing(output, paths) as out, appearing(listed, paths) as lines:
        count = options.partitions or PARTITIONS_PER_CORE * cores(spark)
        options = replace(options, rows="baseline", partitions=count)
        register(spark)
        shares = spark.read.format(NAME).options(**options.texts()).load(path=_paths(paths))
        result, written = _receive(merge_all(shares, count, options), out)
        if not written:
            raise NothingReadError(result.damaged)
        for one in result.damaged:
            lines.write(json.dumps(asdict(one)).encode() + b"\n")
    return result


def cores(spark: SparkSession) -> int:
    """How many tasks run at once: Spark cuts a range into so many partitions. Connect has no other way to ask."""
    cut = spark.range(1 << 16).select(functions.spark_partition_id().alias("partition"))
    last = cut.select(functions.max("partition").alias("last")).first()
    return int(last["last"]) + 1 if last else 1


def _paths(paths: list[str]) -> str | list[str]:
    for path in paths:
        if text(path) != path:
            raise ValueError(f"{path!r}: Spark takes no name that is not UTF-8; name the folder that it is in")
    return paths[0] if len(paths) == 1 else paths


def _receive(merged: DataFrame, out: IO[bytes]) -> tuple[Result, int]:
    """Take the rows as they come: neither the baseline nor the list must fit into one message."""
    result = Result(0, 0, 0, 0.0, [])
    damaged: list[Damage] = []
    parts = 0
    for row in merged.toLocalIterator():
        if row["row"] == PIECE:
            if row["part"] != parts:
                raise AssertionError(f"piece {row['part']} of the baseline came where {parts} was due")
            parts += 1
            out.write(row["piece"])
        elif row["row"] == DAMAGE:
            damaged.append(Damage(row["source"], row["size"], row["status"], row["detail"]))
        elif row["row"] == SUM:
            result = Result(row["files"], row["size"], row["pipe_events"], row["seconds"], [])
    return replace(result, damaged=sorted(damaged, key=lambda one: one.source)), parts


@contextmanager
def _setting(spark: SparkSession, name: str, value: str) -> Iterator[None]:
    """Change a setting of the session for a while."""
    before = spark.conf.get(name, None)
    spark.conf.set(name, value)
    try:
        yield
    finally:
        if before is None:
            spark.conf.unset(name)
        else:
            spark.conf.set(name, before)
