"""What Spark sees: schemas, and how pairs, statuses and pieces of baselines become rows of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone

import pyarrow as pa

from pipemine_spark.reading import READ, Spool, Status

#: Rows of `load`: the members of a row of `pipemine scan` (docs/json-schema.md), and of each file's status.
PAIRS_DDL = (
    "row string, source string, "
    "pipe_name string, image string, `count` bigint, created bigint, connected bigint, hosts bigint, days bigint, "
    "users array<string>, first_seen timestamp, last_seen timestamp, family string, "
    "size bigint, modified timestamp, status string, detail string, pipe_events bigint, seconds double"
)
#: Rows of baselines on their way: a piece of a baseline, what is wrong with a file, or sums over files.
PARTS_DDL = (
    "bucket bigint, row string, source string, part bigint, piece binary, "
    "files bigint, size bigint, status string, detail string, pipe_events bigint, seconds double"
)
_PARTS: dict[str, pa.DataType] = {
    "bucket": pa.int64(),
    "row": pa.string(),
    "source": pa.string(),
    "part": pa.int64(),
    "piece": pa.binary(),
    "files": pa.int64(),
    "size": pa.int64(),
    "status": pa.string(),
    "detail": pa.string(),
    "pipe_events": pa.int64(),
    "seconds": pa.float64(),
}
PARTS = pa.schema(_PARTS)

PAIR, STATUS = "pair", "status"
PIECE, DAMAGE, SUM = "piece", "damage", "sum"

#: A baseline travels in pieces of this size: one value of Spark must not have 2 GiB, and should have far less.
PIECE_BYTES = 1 << 20

_TEXTS = ("pipe_name", "image")
_COUNTS = ("count", "created", "connected", "hosts", "days")
_TIMES = ("first_seen", "last_seen")
_STATUS_COLUMNS = 6

Row = tuple[object, ...]


def pair_row(source: str, line: bytes) -> Row:
    """Make a row of a line that `pipemine scan --format jsonl` prints."""
    pair = json.loads(line)
    return (
        PAIR,
        text(source),
        *(text(pair[name]) for name in _TEXTS),
        *(pair[name] for name in _COUNTS),
        [text(user) for user in pair["users"]],
        *(_time(pair[name]) for name in _TIMES),
        text(pair["family"]),
        *(None,) * _STATUS_COLUMNS,
    )


def status_row(status: Status) -> Row:
    """Make the row that tells what became of a file."""
    return (
        STATUS,
        text(status.file.path),
        *(None,) * (len(_TEXTS) + len(_COUNTS) + 1 + len(_TIMES) + 1),
        status.file.size,
        status.file.modified(),
        status.status,
        text(status.detail) or None,
        status.pipe_events,
        status.seconds,
    )


def piece_batches(bucket: int, source: str, baseline: Spool) -> Iterator[pa.RecordBatch]:
    """Yield a baseline in pieces, each with its place."""
    pieces = _of_size(baseline.pieces(), PIECE_BYTES)
    for part, piece in enumerate(pieces):
        yield parts([{"bucket": bucket, "row": PIECE, "source": text(source), "part": part, "piece": piece}])


def status_parts(bucket: int, status: Status) -> pa.RecordBatch:
    """Say what became of a file: one row for sums, and one more where not all of it was read."""
    known = {
        "bucket": bucket,
        "source": text(status.file.path),
        "size": status.file.size,
        "status": status.status,
        "detail": text(status.detail),
        "pipe_events": status.pipe_events,
        "seconds": status.seconds,
    }
    rows: list[dict[str, object]] = [{**known, "row": SUM, "files": 1}]
    if status.status != READ:
        # A bucket below zero is merged with no other: such rows go their own way to the end.
        rows.append({**known, "row": DAMAGE, "bucket": -1 - bucket})
    return parts(rows)


def parts(rows: list[dict[str, object]]) -> pa.RecordBatch:
    """Make a batch of rows on their way; what is not named is null."""
    return pa.RecordBatch.from_pylist(rows, schema=PARTS)


def text(value: str) -> str:
    r"""
    Replace what UTF-8 cannot hold.

    Names on Windows may hold lone surrogates, which `pipemine` prints as `\ud800`, and names of files on Linux
    bytes that are no text.
    """
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _time(value: str | None) -> datetime | None:
    """Read a time of `pipemine`; one beyond the years that Python knows is none."""
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _of_size(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Cut to size what came in other sizes."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)
