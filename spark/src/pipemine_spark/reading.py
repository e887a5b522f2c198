"""
One pinned file in, its saved baseline and what became of it out.

Here it is decided what is damage and what is not. Whatever a file can do to the program is damage of that file, and
the run goes on; whatever the machine, the network or the user did wrong is raised, so that Spark tries again and then
fails with that reason.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, cast

from pipemine_spark import binary
from pipemine_spark.binary import BinaryError
from pipemine_spark.child import Ended, Limits, run
from pipemine_spark.options import Options
from pipemine_spark.storage import READ_BYTES, Pinned

#: How a file was read.
READ = "read"  # whole
DAMAGED = "damaged"  # as far as it goes
UNREADABLE = "unreadable"  # it is no log, or nothing of it could be read
FAILED = "failed"  # the program crashed, hung, or took too much
GONE = "gone"  # it was listed, and is not there any more

#: Output of a child up to this size stays in memory; beyond, it goes to a temporary file.
SPOOL_BYTES = 8 << 20

_DONE, _NOTHING, _USAGE, _PARTIAL = 0, 1, 2, 3
_TRAILER = b'{"end":{'
_LAST_BYTES = 4096


@dataclass(frozen=True)
class Status:
    """What became of a file."""

    file: Pinned
    status: str
    detail: str
    pipe_events: int
    seconds: float


@dataclass
class Spool:
    """Bytes on their way from one child to the next: in memory while they are few."""

    file: IO[bytes] = field(
        default_factory=lambda: cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES))  # noqa: SIM115
    )
    size: int = 0
    last: bytes = b""

    def write(self, piece: bytes) -> None:
        """Add to it."""
        self.file.write(piece)
        self.size += len(piece)
        self.last = (self.last + piece)[-_LAST_BYTES:]

    def pieces(self) -> Iterator[bytes]:
        """Yield all of it, from its start."""
        self.file.seek(0)
        while piece := self.file.read(READ_BYTES):
            yield piece

    def trailer(self) -> dict[str, int] | None:
        """What the last line of a saved baseline tells, or `None` where it is missing: then it is not whole."""
        line = self.last.removesuffix(b"\n").rpartition(b"\n")[2]
        if not (self.last.endswith(b"\n") and line.startswith(_TRAILER)):
            return None
        try:
            return cast("dict[str, int]", json.loads(line)["end"])
        except (ValueError, KeyError):
            return None


@contextmanager
def read_file(file: Pinned, options: Options) -> Iterator[tuple[Spool | None, Status]]:
    """Read a file into a baseline. It is there where anything could be read; the status tells whether it is all."""
    program = binary.find(options.binary)
    began = time.monotonic()
    storage = options.storage()

    def status(status: str, detail: str, pipe_events: int = 0) -> Status:
        return Status(file, status, detail, pipe_events, time.monotonic() - began)

    now = storage.look(file)
    if now is None:
        yield None, status(GONE, "it was there when files were listed")
        return
    spool = Spool()
    with spool.file:
        command = [program, "baseline", "--quiet", "--threads", "1", "-o", "-", "-"]
        ended = run(command, storage.read(file), spool.write, options.limits(now.size))
        trailer = _judge(ended, spool)
        after = storage.look(file)
        changed = [] if now == after == file else [_change(file, now, after)]
        if trailer is None:
            unreadable = ended.code == _NOTHING and not ended.late and not spool.size
            told = _told(ended.said) if unreadable else _failure(ended)
            yield None, status(UNREADABLE if unreadable else FAILED, "\n".join([*changed, told]))
        else:
            damaged = [_told(ended.said)] if ended.code == _PARTIAL else []
            how = DAMAGED if changed or damaged else READ
            yield spool, status(how, "\n".join([*changed, *damaged]), trailer.get("events", 0))


def list_pairs(baseline: Spool, options: Options) -> Iterator[bytes]:
    """
    List the pairs of a baseline, a line of JSON each.

    The baseline is whole, so if this fails the machine is to blame: it raises.
    """
    spool = Spool()
    with spool.file:
        command = [binary.find(options.binary), "scan", "--quiet", "--threads", "1", "--format", "jsonl", "-"]
        limits = Limits(options.limits(baseline.size).seconds)
        ended = run(command, baseline.pieces(), spool.write, limits)
        if ended.code != _DONE or ended.late:
            raise BinaryError(f"listing pairs: {ended.reason()}")
        spool.file.seek(0)
        yield from spool.file


def merge_baselines(baselines: Spool, options: Options) -> Spool:
    """
    Merge several baselines, one after another in `baselines`, into one.

    Each of them is whole, so if this fails the machine or a limit is to blame: it raises.
    """
    spool = Spool()
    command = [binary.find(options.binary), "baseline", "--quiet", "--threads", "1", "-o", "-", "-"]
    ended = run(command, baselines.pieces(), spool.write, options.merge_limits(baselines.size))
    if ended.code != _DONE or ended.late or spool.trailer() is None:
        spool.file.close()
        raise BinaryError(f"merging baselines: {ended.reason()}")
    return spool


def _judge(ended: Ended, spool: Spool) -> dict[str, int] | None:
    """Tell whether the output can be taken: only if it is whole, and the program says that it did its work."""
    if ended.code == _USAGE and not ended.late:
        raise BinaryError(f"this is no pipemine that fits: {ended.reason()}")
    if ended.late or ended.code not in (_DONE, _PARTIAL):
        return None
    return spool.trailer()


def _failure(ended: Ended) -> str:
    if ended.code in (_DONE, _PARTIAL) and not ended.late:
        return "pipemine ended, but its output has no end"
    return ended.reason()


def _told(said: str) -> str:
    """Leave out what the status tells already: the program knows the file as its standard input only."""
    lines = [line.removeprefix("standard input").removeprefix(":").strip() for line in said.splitlines()]
    return "\n".join(line for line in lines if line != "nothing could be read") or said


def _change(listed: Pinned, before: Pinned, after: Pinned | None) -> str:
    """Tell what it was when files were listed and what it is now: a log that grows may be read in the middle of it."""
    had = f"it changed after files were listed: it had {listed.size} bytes of {listed.modified()}"
    if after is None:
        return f"{had}, and went away while it was read"
    seen = f"{before.size} bytes of {before.modified()} before it was read"
    return f"{had}, {seen}, {after.size} bytes of {after.modified()} after that"
