"""Files are shared out by size, the same in whatever order they come."""

from __future__ import annotations

import random

from pipemine_spark.packing import START_COST, pack
from pipemine_spark.storage import Pinned


def _files(*sizes: int) -> list[Pinned]:
    return [Pinned(f"{index:04}", size, 0) for index, size in enumerate(sizes)]


def test_every_file_is_in_one_partition() -> None:
    files = _files(*(random.Random(1).choices(range(1 << 30), k=500)))
    packed = pack(files, 40)
    assert sorted((file for share in packed for file in share), key=lambda file: file.path) == files


def test_order_does_not_matter() -> None:
    files = _files(*(random.Random(2).choices(range(100), k=200)))
    shuffled = random.Random(3).sample(files, len(files))
    assert pack(files, 7) == pack(shuffled, 7)


def test_a_large_file_is_alone_and_first() -> None:
    packed = pack(_files(*[10 * START_COST] * 60, 300 * START_COST), 4)
    assert [len(share) for share in packed] == [1, 20, 20, 20]


def test_small_files_count_for_the_start_of_a_child() -> None:
    assert [len(share) for share in pack(_files(*[0] * 100), 4)] == [25] * 4


def test_no_partition_is_empty() -> None:
    assert [len(share) for share in pack(_files(5, 1), 40)] == [1, 1]
    assert pack([], 40) == []
