"""Other ways to run it: executors that are lost, Spark Connect."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import PROJECT

pytestmark = pytest.mark.slow

FLEET = PROJECT / "testdata/fleet"
#: Seconds that a busy machine may take to start a cluster.
PATIENCE = 600
EXECUTOR = b"CoarseGrainedExecutorBackend"


def _descendants(pid: int) -> Iterator[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        threads = [path for path in Path(f"/proc/{pid}/task").iterdir() if path.name != str(pid)]
        for thread in threads:
            children += (thread / "children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from _descendants(child)


def _executors(pid: int) -> list[int]:
    return [child for child in _descendants(pid) if EXECUTOR in _command(child)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="skipped: processes are found by /proc")
def test_a_lost_executor_changes_nothing(
    standin: Path, logs: Path, command_line: Callable[..., bytes], tmp_path: Path
) -> None:
    sources = sorted(path for path in logs.rglob("*") if path.is_file())
    (standin.parent / "slow").write_text("0.1")
    attempts = standin.parent / "attempts"
    output = tmp_path / "fleet.baseline"
    command: list[str | Path] = [sys.executable, "-m", "pipemine_spark", "baseline", "-o", output, "--binary", standin]
    cluster: list[str | Path] = [
        "--master",
        "local-cluster[2,1,1024]",
        "--partitions",
        "8",
        "--conf",
        "spark.ui.enabled=false",
    ]
    log = tmp_path / "log"
    with log.open("wb") as out, subprocess.Popen([*command, *cluster, *sources], stdout=out, stderr=out) as job:
        try:
            deadline = time.monotonic() + PATIENCE
            while not attempts.exists() or len(attempts.read_text().splitlines()) < 20:
                assert job.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            executors = _executors(job.pid)
            assert len(executors) == 2
            os.kill(executors[0], signal.SIGKILL)
            assert job.wait(PATIENCE) == 0, log.read_text()
        finally:
            job.terminate()
    assert output.read_bytes() == command_line(*sources)
    # Each attempt is a file that was begun: some were begun twice, and yet none counts twice.
    assert len(attempts.read_text().splitlines()) > len(sources)
    assert f"pipemine-spark: {len(sources)} files with" in log.read_text()


def test_connect(
    run: Callable[..., subprocess.CompletedProcess[str]],
    program: str,
    command_line: Callable[..., bytes],
    tmp_path: Path,
) -> None:
    output = tmp_path / "fleet.baseline"
    done = run("baseline", "-o", output, "--remote", "local[2]", "--binary", program, "--partitions", "12", FLEET)
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == command_line(FLEET)
