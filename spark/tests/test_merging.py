"""Pieces of baselines come together again, in whatever order a shuffle brings them."""

from __future__ import annotations

import random

import pyarrow as pa

from pipemine_spark.merging import _in_order
from pipemine_spark.rows import PIECE, parts


def test_pieces_of_one_baseline_come_one_after_another() -> None:
    pieces = [
        {"bucket": 0, "row": PIECE, "source": name, "part": part, "piece": b"x"} for name in "ab" for part in range(12)
    ]
    shuffled = random.Random(9).sample(pieces, len(pieces))
    table = pa.Table.from_batches([parts([piece]) for piece in shuffled])
    rows = [row for batch in _in_order(table) for row in batch.to_pylist()]
    assert [(row["source"], row["part"]) for row in rows] == [(piece["source"], piece["part"]) for piece in pieces]
