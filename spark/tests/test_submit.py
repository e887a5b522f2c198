"""By `spark-submit` the package may come as a zip, and the program in an archive."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import PROJECT, SPARK
from .test_readme import LOGS, block, shell


@pytest.mark.slow
def test_submit(tmp_path: Path, program: str, command_line: Callable[..., bytes]) -> None:
    shutil.copytree(PROJECT / "testdata/fleet", tmp_path / "logs")
    (tmp_path / "spark").mkdir()
    shutil.copytree(SPARK / "src", tmp_path / "spark/src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SPARK / "submit.py", tmp_path / "spark")
    (tmp_path / "target/release").mkdir(parents=True)
    shutil.copy(program, tmp_path / "target/release/pipemine")
    # `zip` need not be there.
    script = block("submit").replace("zip -qr", f"{sys.executable} -m zipfile -c")
    done = shell(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "fleet.baseline").read_bytes() == command_line(*LOGS)
