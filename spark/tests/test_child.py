"""A child can do what it wants within its limits, and its end is told."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipemine_spark.binary import BinaryError, find
from pipemine_spark.child import SAID_BYTES, Ended, Limits, run

MIB = 1 << 20


def _run(script: str, feed: Iterator[bytes] | None = None, limits: Limits | None = None) -> tuple[Ended, bytes]:
    out = bytearray()
    ended = run([sys.executable, "-c", script], feed or iter(()), out.extend, limits or Limits(30))
    return ended, bytes(out)


def test_all_input_goes_in_and_all_output_comes_out() -> None:
    data = os.urandom(5 * MIB + 1)
    pieces = iter([data[:1], data[1 : 3 * MIB], data[3 * MIB :]])
    ended, out = _run("import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)", pieces)
    assert (ended.code, ended.late, out == data) == (0, False, True)


def test_a_child_that_wants_no_input_is_no_error() -> None:
    ended, out = _run("print('done')", (bytes(MIB) for _ in range(8)))
    assert (ended.code, out) == (0, b"done\n")


def test_a_hanging_child_is_ended_with_what_it_started() -> None:
    script = "import subprocess, sys; subprocess.run(['sleep', '60'])"
    began = time.monotonic()
    ended, _ = _run(script, (bytes(MIB) for _ in range(8)), Limits(1))
    assert ended.late
    assert time.monotonic() - began < 20
    assert "did not finish within 1 seconds" in ended.reason()


def test_a_child_that_closes_its_output_and_hangs_is_ended() -> None:
    ended, _ = _run("import os, time; os.close(1); os.close(2); time.sleep(60)", limits=Limits(1))
    assert ended.late


def test_waiting_for_the_input_is_not_the_childs_time() -> None:
    def slow() -> Iterator[bytes]:
        for _ in range(3):
            time.sleep(1)
            yield b"x"

    ended, out = _run("import sys; print(len(sys.stdin.read()))", slow(), Limits(2))
    assert (ended.late, out) == (False, b"3\n")


def test_a_child_that_never_stops_talking_is_ended() -> None:
    def slow(piece: bytes) -> None:
        time.sleep(0.01)

    began = time.monotonic()
    script = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    ended = run([sys.executable, "-c", script], iter(()), slow, Limits(1))
    assert ended.late
    assert time.monotonic() - began < 5


def test_memory_is_limited() -> None:
    script = "held = bytearray(1 << 30); print('had it')"
    assert _run(script)[1] == b"had it\n"
    ended, out = _run(script, limits=Limits(30, 512 * MIB))
    assert (ended.code, out) == (1, b"")
    assert "MemoryError" in ended.said


def test_a_signal_is_named() -> None:
    ended, _ = _run("import os; os.abort()", limits=Limits(30, 512 * MIB))
    assert "SIGABRT (it may use 512 MiB of memory)" in ended.reason()


def test_what_it_says_is_bounded() -> None:
    ended, _ = _run("import sys; sys.stderr.write('x' * (1 << 22))")
    assert len(ended.said) == SAID_BYTES


def test_an_error_of_the_input_is_raised_and_the_child_is_gone(tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    def broken() -> Iterator[bytes]:
        while not pid.exists() or not pid.read_text():
            yield b"x"
        raise OSError("the network is down")

    script = f"import os, sys; open({str(pid)!r}, 'w').write(str(os.getpid())); sys.stdin.read()"
    with pytest.raises(OSError, match="the network is down"):
        _run(script, broken())
    assert not Path(f"/proc/{pid.read_text()}").exists()


def test_a_program_that_cannot_run_is_no_damage(tmp_path: Path) -> None:
    broken = tmp_path / "pipemine"
    broken.write_bytes(b"\x7fELF" + bytes(100))
    broken.chmod(0o755)
    with pytest.raises((BinaryError, OSError)):
        run([str(broken)], iter(()), len, Limits(30, 512 * MIB))


def test_a_missing_program_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(BinaryError, match=r"no-such-program.* is missing on .* PATH"):
        find("no-such-program")
    with pytest.raises(BinaryError, match="is missing"):
        find(str(tmp_path / "pipemine"))
    (tmp_path / "pipemine").touch(0o644)
    with pytest.raises(BinaryError, match="may not be executed"):
        find(str(tmp_path / "pipemine"))
