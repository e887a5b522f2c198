"""Whatever a name holds, a row can hold it."""

from __future__ import annotations

import json

from pipemine_spark.reading import Spool
from pipemine_spark.rows import PIECE_BYTES, pair_row, piece_batches, text

PAIR = {
    "pipe_name": "\\x",
    "image": "C:\\a.exe",
    "count": 1,
    "created": 1,
    "connected": 0,
    "hosts": 1,
    "days": 1,
    "users": [],
    "first_seen": "2025-03-03T08:12:44.103Z",
    "last_seen": None,
    "family": "\\x",
}


def test_lone_surrogates_become_replacement_characters() -> None:
    assert text("a\ud800b\udc00 \U0001f600") == "a\ufffdb\ufffd \U0001f600"
    row = pair_row("log", rb'{"pipe_name": "\\x\ud800"' + json.dumps({**PAIR, "pipe_name": 0})[15:].encode())
    assert row[2] == "\\x\ufffd"


def test_a_time_that_no_calendar_has_is_none() -> None:
    row = pair_row("log", json.dumps({**PAIR, "first_seen": "+30828-09-14T02:48:05.477Z"}).encode())
    assert row[10:12] == (None, None)


def test_a_baseline_comes_in_small_pieces() -> None:
    spool = Spool()
    data = bytes(range(256)) * ((3 * PIECE_BYTES + 256) // 256)
    spool.write(data)
    rows = [row for batch in piece_batches(3, "log", spool) for row in batch.to_pylist()]
    assert [row["part"] for row in rows] == [0, 1, 2, 3]
    assert max(len(row["piece"]) for row in rows) == PIECE_BYTES
    assert b"".join(row["piece"] for row in rows) == data
