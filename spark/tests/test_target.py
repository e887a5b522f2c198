"""A result appears whole or not at all, and what cannot be written is told before the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipemine_spark import fold
from pipemine_spark.target import appearing

from .conftest import PROJECT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FLEET = PROJECT / "testdata/fleet"


def test_it_is_there_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with appearing(str(path), []) as out:
        out.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    with suppress(KeyboardInterrupt), appearing(str(path), []) as out:
        out.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "log").touch()
    (tmp_path / "link").symlink_to(tmp_path / "log")
    for name, said in {
        str(tmp_path): "this is a folder",
        str(tmp_path / "missing/new"): "there is no folder",
        str(tmp_path / "pipe"): "a device or a pipe",
        str(tmp_path / "log"): "also an input",
        str(tmp_path / "link"): "also an input",
        "-": "the result is a file",
        "s3a://collector/new": "the result is a file",
    }.items():
        with (
            pytest.raises((OSError, ValueError), match=said),
            appearing(name, ["s3://collector", f"file://{tmp_path}"]),
        ):
            pass
    with appearing(str(tmp_path / "new"), [str(tmp_path)]):
        pass


def test_nothing_is_left_of_a_job_whose_list_cannot_be_written(spark: SparkSession, tmp_path: Path) -> None:
    output = tmp_path / "fleet.baseline"
    for damaged, said in ((tmp_path / "missing/list", "there is no folder"), (output, "cannot be one file")):
        with pytest.raises((OSError, ValueError), match=said):
            fold(spark, [str(FLEET)], str(output), damaged=str(damaged))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_job_leaves_nothing(standin: Path, tmp_path: Path, number: signal.Signals) -> None:
    (standin.parent / "slow").write_text("30")
    attempts = standin.parent / "attempts"
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "fleet.baseline").write_text("what was there")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pipemine_spark",
        "baseline",
        "--master",
        "local[2]",
        "--binary",
        standin,
    ]
    with subprocess.Popen([*command, "-o", folder / "fleet.baseline", FLEET], stderr=subprocess.PIPE, text=True) as job:
        deadline = time.monotonic() + 300
        while not attempts.exists():
            assert job.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert len(list(folder.iterdir())) == 3
        job.send_signal(number)
        said = job.communicate(timeout=60)[1]
    assert job.returncode == 130
    assert "interrupted, nothing is written" in said
    assert [path.read_text() for path in folder.iterdir()] == ["what was there"]
