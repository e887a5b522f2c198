"""The commands of the README work as they are printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import PROJECT, SPARK

README = (SPARK / "README.md").read_text()
LOGS = sorted((PROJECT / "testdata/fleet").rglob("*.evtx"))


def block(name: str) -> str:
    """The block of code that follows `<!-- name -->`."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found, name
    return found[1]


@pytest.fixture
def folder(tmp_path: Path, program: str) -> Path:
    """A working folder with `logs/`, the program on the path, and what pip put beside Python."""
    shutil.copytree(PROJECT / "testdata/fleet", tmp_path / "logs")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/pipemine").symlink_to(Path(program).absolute())
    return tmp_path


def shell(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as printed."""
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def test_local(folder: Path, command_line: Callable[..., bytes]) -> None:
    done = shell(block("local"), folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "fleet.baseline").read_bytes() == command_line(*LOGS)
    assert "6 files with 3,170,304 bytes read into fleet.baseline" in done.stderr


@pytest.mark.slow
def test_standalone(folder: Path, command_line: Callable[..., bytes]) -> None:
    done = shell(block("standalone"), folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "fleet.baseline").read_bytes() == command_line(*LOGS)


@pytest.mark.slow
def test_s3(folder: Path, collector: Callable[[dict[str, bytes]], str], command_line: Callable[..., bytes]) -> None:
    # Two hosts' logs have one name: the later one takes the place of the other.
    logs = {log.name: log for log in LOGS}
    endpoint = collector({f"sysmon/{name}": log.read_bytes() for name, log in logs.items()})
    done = shell(block("s3"), folder, AWS_ENDPOINT_URL=endpoint)
    assert done.returncode == 0, done.stderr
    assert (folder / "fleet.baseline").read_bytes() == command_line(*logs.values())


@pytest.mark.slow
def test_python(folder: Path) -> None:
    done = shell(f"python - <<'EOF'\n{block('python')}EOF", folder)
    assert done.returncode == 0, done.stderr
    assert "VBoxService.exe" in done.stdout
    assert "WS-BOB-sysmon.evtx" in done.stdout


def test_options_are_all_told() -> None:
    from dataclasses import fields

    from pipemine_spark.options import Options

    told = re.findall(r"^\| `(\w+)`", README, re.MULTILINE)
    assert sorted(told) == sorted(field.name for field in fields(Options))
