"""A command and bytes for its standard input in, its output and how it ended out, within limits of time and memory."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from pipemine_spark.binary import BinaryError

#: How much is read from a child at once: what a pipe of Linux holds.
PIPE_BYTES = 1 << 16
#: So much of what a child says is kept; the rest is let go, or a damaged file could fill the memory.
SAID_BYTES = 1 << 13

# A shell sets the limit and becomes the program: `preexec_fn` is not safe in a process with threads, which Arrow
# starts. A limit that is already lower cannot be raised, and needs not be.
_LIMITED = '(ulimit -v "$0") 2>/dev/null && ulimit -v "$0"; exec "$@"'
_NOT_EXECUTED = (126, 127)


@dataclass(frozen=True)
class Limits:
    """What a child may take."""

    #: Seconds that the child may take. Waiting for its input is not the child's fault.
    seconds: float
    #: Address space in bytes; 0 is no limit.
    memory: int = 0


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    #: Its exit code, or minus the number of the signal that ended it.
    code: int
    #: The beginning of what it wrote to standard error.
    said: str
    #: Whether it was ended for taking too long.
    late: bool
    limits: Limits

    def reason(self) -> str:
        """Say for people how it ended."""
        if self.late:
            end = f"did not finish within {self.limits.seconds:g} seconds"
        elif self.code < 0:
            end = f"was ended by {_signal_name(-self.code)}"
            if self.limits.memory:
                end += f" (it may use {self.limits.memory >> 20} MiB of memory)"
        else:
            end = f"ended with exit code {self.code}"
        return f"pipemine {end}" + (f": {self.said}" if self.said else "")


def run(command: list[str], feed: Iterator[bytes], write: Callable[[bytes], object], limits: Limits) -> Ended:
    """
    Run `command`, with what `feed` yields as its input, and hand its output to `write`.

    The child may stop reading early, crash or hang: all that is told by the result. Exceptions are those of `feed`
    and `write`, and `BinaryError` where the program cannot be run at all; the child is gone then, too.
    """
    if limits.memory:
        command = ["/bin/sh", "-c", _LIMITED, str(limits.memory >> 10), *command]
    # A session of its own, so that what it starts ends with it.
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    try:
        said, late = _converse(process, feed, write, limits.seconds)
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
    text = said.decode("utf-8", "replace").replace("pipemine: ", "").strip()
    if process.returncode in _NOT_EXECUTED and not late:
        raise BinaryError(f"{command} cannot be run: {text}")
    return Ended(process.returncode, text, late, limits)


class _Input:
    """What goes to the child's standard input: as much at a time as the pipe takes."""

    def __init__(self, feed: Iterator[bytes]) -> None:
        self._feed = feed
        #: Seconds that it took to come, which the child is not to blame for.
        self.seconds = 0.0
        self._pending = memoryview(b"")

    def pump(self, pipe: IO[bytes]) -> bool:
        """Write some. False when there is no more, or nobody who wants it."""
        if not self._pending:
            began = time.monotonic()
            self._pending = memoryview(next(self._feed, b""))
            self.seconds += time.monotonic() - began
        if not self._pending:
            return False
        try:
            self._pending = self._pending[os.write(pipe.fileno(), self._pending) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            # Why it wants no more, its end will tell.
            return False
        return True


def _converse(
    process: subprocess.Popen[bytes], feed: Iterator[bytes], write: Callable[[bytes], object], seconds: float
) -> tuple[bytes, bool]:
    """Move bytes both ways until the child has closed its output and ended, or used up its time."""
    stdin, stdout, stderr = _pipes(process)
    os.set_blocking(stdin.fileno(), False)
    source = _Input(feed)
    said = bytearray()
    began = time.monotonic()

    def left() -> float:
        return max(0.0, seconds - (time.monotonic() - began - source.seconds))

    with selectors.DefaultSelector() as selector:
        selector.register(stdin, selectors.EVENT_WRITE)
        outputs = {selector.register(pipe, selectors.EVENT_READ).fd for pipe in (stdout, stderr)}
        while outputs:
            events = selector.select(left())
            if not left():
                return bytes(said), True
            for key, _ in events:
                if key.fileobj is stdin:
                    if not source.pump(stdin):
                        selector.unregister(stdin)
                        stdin.close()
                elif not (piece := os.read(key.fd, PIPE_BYTES)):
                    selector.unregister(key.fileobj)
                    outputs.remove(key.fd)
                elif key.fileobj is stdout:
                    write(piece)
                else:
                    said += piece[: max(0, SAID_BYTES - len(said))]
    try:
        process.wait(left())
    except subprocess.TimeoutExpired:
        return bytes(said), True
    return bytes(said), False


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    if not (process.stdin and process.stdout and process.stderr):
        raise AssertionError("all three were asked for")
    return process.stdin, process.stdout, process.stderr


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
