"""What takes gigabytes: a large log on a small executor, and what Spark costs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipemine_spark import fold
from pipemine_spark.options import Options

from .conftest import generator

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow


def _generate(folder: Path, *options: str) -> None:
    subprocess.run([generator(), "fleet", *options, folder], check=True, stdout=subprocess.DEVNULL)


def test_a_log_of_700_megabytes_on_an_executor_of_one_gigabyte(
    run: Callable[..., subprocess.CompletedProcess[str]],
    program: str,
    command_line: Callable[..., bytes],
    tmp_path: Path,
) -> None:
    _generate(tmp_path / "logs", "--hosts", "1", "--days", "220", "--noise", "10500", "--seed", "12")
    (log,) = (path for path in (tmp_path / "logs").rglob("*") if path.is_file())
    assert log.stat().st_size > 700_000_000
    output = tmp_path / "fleet.baseline"
    cluster = ["--master", "local-cluster[1,1,1024]", "--conf", "spark.executor.memory=1g"]
    done = run("baseline", "-o", output, "--binary", program, "--memory", "256", *cluster, log)
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == command_line(log)


def test_what_spark_costs(spark: SparkSession, program: str, tmp_path: Path) -> None:
    """Four GiB of 540 logs, one of them 12 times the size of the others: both ways, session start apart."""
    _generate(tmp_path / "made", "--hosts", "40", "--days", "20", "--noise", "400", "--seed", "11")
    made = [path for path in (tmp_path / "made").rglob("*") if path.is_file()]
    (tmp_path / "logs").mkdir()
    for copy in range(15):
        for number, log in enumerate(made):
            (tmp_path / f"logs/{copy}-{number}.evtx").hardlink_to(log)
    spark.range(1).count()
    seconds: dict[str, float] = {}
    for _ in range(2):  # The second time counts: files are in memory then, both ways.
        began = time.monotonic()
        command = [
            program,
            "baseline",
            "-q",
            "--threads",
            "2",
            "-o",
            str(tmp_path / "expected"),
            str(tmp_path / "logs"),
        ]
        subprocess.run(command, check=True)
        seconds["pipemine --threads 2"] = time.monotonic() - began
        began = time.monotonic()
        result = fold(spark, [str(tmp_path / "logs")], str(tmp_path / "fleet.baseline"), Options(binary=program))
        seconds["local[2]"] = time.monotonic() - began
    assert (tmp_path / "fleet.baseline").read_bytes() == (tmp_path / "expected").read_bytes()
    print(f"{result.size} bytes: {seconds}, files took {result.seconds:.1f} seconds of tasks")
