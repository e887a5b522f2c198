"""Files with their sizes in, partitions of about the same work out."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Protocol, TypeVar

#: What starting a child for a file costs, as bytes that could be read in that time.
START_COST = 4 << 20


class Sized(Protocol):
    """Something that has a size and a name."""

    @property
    def path(self) -> str:
        """Its name; the order of equal sizes follows from it."""

    @property
    def size(self) -> int:
        """Its size in bytes."""


T = TypeVar("T", bound=Sized)


def pack(files: Sequence[T], partitions: int) -> list[list[T]]:
    """
    Give each file, the largest first, to the partition with the least work so far.

    That is at most a third longer than the best there is (Graham 1969), and the first partition holds the largest
    file: Spark starts it first, so that a log of 30 times the size of the others does not come last. The same files
    give the same partitions, in whatever order they come.
    """
    count = max(1, min(partitions, len(files)))
    packed: list[list[T]] = [[] for _ in range(count)]
    loads = [(0, index) for index in range(count)]
    for file in sorted(files, key=lambda file: (-file.size, file.path)):
        load, index = loads[0]
        packed[index].append(file)
        heapq.heapreplace(loads, (load + file.size + START_COST, index))
    return packed if files else []
