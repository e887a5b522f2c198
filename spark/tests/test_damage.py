"""What a file does to the program is damage of that file; what is wrong with the machine fails the job."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyspark.errors import PySparkException

from pipemine_spark import fold
from pipemine_spark.options import Options
from pipemine_spark.reading import read_file
from pipemine_spark.storage import Pinned, Storage

from .conftest import PROJECT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOG = PROJECT / "testdata/fleet/WS-BOB-sysmon.evtx"


def test_every_kind_of_damage_is_told_once_and_hurts_nothing_else(
    spark: SparkSession, standin: Path, command_line: Callable[..., bytes], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(PROJECT / "testdata/fleet", store)
    expected = command_line(store)
    misbehaving = {
        "abort": ("failed", "SIGABRT"),
        "hang": ("failed", "did not finish within 8 seconds"),
        "hungry": ("failed", "memory allocation of 1099511627776 bytes failed"),
        "cut": ("failed", "its output has no end"),
        "loud": ("failed", "exit code 101"),
    }
    for name in misbehaving:
        (store / name).write_bytes(name.upper().encode() + bytes(3 << 20))
    (store / "empty").touch()
    (store / "garbage").write_bytes(bytes(range(256)) * 1000)
    (store / "truncated.evtx").write_bytes(LOG.read_bytes()[:300_000])
    output = tmp_path / "fleet.baseline"
    options = Options(binary=str(standin), partitions=4, timeout=8, memory=1024)
    result = fold(spark, [str(store)], str(output), options)
    # The truncated log is the beginning of one that is there: what is left of it adds nothing.
    assert output.read_bytes() == expected
    told = {Path(damage.source).name: damage for damage in result.damaged}
    assert len(told) == len(result.damaged) == 8
    assert (result.files, result.size) == (14, sum(p.stat().st_size for p in store.rglob("*") if p.is_file()))
    for name, (status, reason) in misbehaving.items():
        assert told[name].status == status
        assert reason in told[name].detail
    assert (told["empty"].status, told["empty"].detail) == ("unreadable", "this is no log, but empty")
    assert told["garbage"].status == "unreadable"
    assert told["truncated.evtx"].status == "damaged"


def test_a_missing_program_fails_the_job_with_that_reason(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(PySparkException, match="the program 'no-such-program' is missing on"):
        fold(spark, [str(LOG)], str(tmp_path / "fleet.baseline"), Options(binary="no-such-program"))
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_does_not_know_its_arguments_fails_the_job(spark: SparkSession, tmp_path: Path) -> None:
    other = tmp_path / "pipemine"
    other.write_text("#!/bin/sh\necho unexpected argument >&2; exit 2\n")
    other.chmod(0o755)
    with pytest.raises(PySparkException, match=r"this is no pipemine that fits.*unexpected argument"):
        fold(spark, [str(LOG)], str(tmp_path / "fleet.baseline"), Options(binary=str(other)))


def test_a_path_that_is_missing_fails_the_job(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(PySparkException, match="No such file or directory"):
        fold(spark, [str(tmp_path / "misspelled")], str(tmp_path / "fleet.baseline"))


def test_a_log_that_grows_while_it_is_read_is_told(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.evtx"
    shutil.copy(LOG, log)
    (file,) = Storage().list([str(log)])
    read = Storage.read

    def grown(storage: Storage, file: Pinned) -> Iterator[bytes]:
        yield from read(storage, file)
        with log.open("ab") as more:
            more.write(bytes(10))

    with read_file(file, Options(binary=program)) as (_, status):
        assert status.status == "read"
    monkeypatch.setattr(Storage, "read", grown)
    with read_file(file, Options(binary=program)) as (baseline, status):
        assert baseline
        assert status.status == "damaged"
        assert status.pipe_events == 666
        assert f"{file.size + 10} bytes of" in status.detail


def test_the_reason_is_told_without_where_it_happened(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    for arguments, said in (
        (["--binary", "no-such-program", LOG], "the program 'no-such-program' is missing on "),
        ([tmp_path / "misspelled"], "[Errno 2] No such file or directory"),
        (["--conf", "nonsense", LOG], "'nonsense' is no NAME=VALUE"),
    ):
        done = run("baseline", "--master", "local[1]", "-o", tmp_path / "new", *arguments)
        assert done.returncode == (2 if "nonsense" in arguments else 1)
        (line,) = (line for line in done.stderr.splitlines() if line.startswith("pipemine-spark"))
        assert said in line
    assert list(tmp_path.iterdir()) == []
