"""Baselines in pieces, as rows, in; fewer and larger ones out, with the sums and the damage that travel beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from pipemine_spark.options import Options
from pipemine_spark.reading import Spool, merge_baselines
from pipemine_spark.rows import DAMAGE, PARTS, PARTS_DDL, PIECE, SUM, parts, piece_batches

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: So many baselines are merged at once. Every level costs a shuffle, and every merge holds what it makes.
FAN_IN = 8

_SUMMED = ("files", "size", "pipe_events", "seconds")


def merge_all(shares: DataFrame, count: int, options: Options) -> DataFrame:
    """
    Merge what `count` partitions read into one baseline: first in each partition, then in a tree.

    The result has the pieces of at most one baseline and one row of sums in bucket 0, and the damage in buckets below.
    """
    frame = shares.mapInArrow(_in_partition(options), PARTS_DDL)
    while count > 1:
        count = -(-count // FAN_IN)
        # A number of partitions that is named is not changed by adaptive execution: small as baselines are in bytes,
        # merging them is work.
        frame = frame.repartition(count, "bucket").groupBy("bucket").applyInArrow(_in_group(options), PARTS_DDL)
    return frame


def _in_partition(options: Options) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def merge(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return merge_batches(batches, options)

    return merge


def _in_group(options: Options) -> Callable[[pa.Table], pa.Table]:
    def merge(table: pa.Table) -> pa.Table:
        return pa.Table.from_batches(merge_batches(_in_order(table), options), schema=PARTS)

    return merge


def merge_batches(batches: Iterator[pa.RecordBatch], options: Options) -> Iterator[pa.RecordBatch]:
    """
    Merge all baselines of these rows, whose pieces must be in order.

    Everything goes to a spool first: what comes while Spark is still reading must not keep a second child waiting.
    """
    spool = Spool()
    sources = 0
    bucket: int | None = None
    sums: dict[str, float] = dict.fromkeys(_SUMMED, 0)
    with spool.file:
        for batch in batches:
            for row in cast("list[dict[str, object]]", batch.to_pylist()):
                if row["row"] == DAMAGE:
                    yield parts([row])
                    continue
                bucket = cast("int", row["bucket"])
                if row["row"] == PIECE:
                    sources += row["part"] == 0
                    spool.write(cast("bytes", row["piece"]))
                else:
                    sums = {name: total + cast("float", row[name]) for name, total in sums.items()}
        if bucket is None:
            return
        above = bucket // FAN_IN
        if sources == 1:
            yield from piece_batches(above, str(bucket), spool)
        elif sources > 1:
            merged = merge_baselines(spool, options)
            with merged.file:
                yield from piece_batches(above, str(bucket), merged)
        yield parts([{"bucket": above, "row": SUM, **sums}])


def _in_order(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """Bring pieces of one baseline together: a shuffle does not keep their order. No piece is copied for it."""
    order = table.select(["source", "part"]).add_column(0, "at", pa.array(range(table.num_rows), pa.int64()))
    for at in order.sort_by([("source", "ascending"), ("part", "ascending")])["at"].to_pylist():
        yield from table.slice(cast("int", at), 1).to_batches()
