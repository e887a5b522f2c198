"""The baseline of a fleet is byte for byte that of the command line, however the work was shared out."""

from __future__ import annotations

import json
import random
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipemine_spark import fold
from pipemine_spark.job import NothingReadError, cores
from pipemine_spark.options import Options

from .conftest import PROJECT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.mark.parametrize("partitions", [1, 2, 7, 40])
def test_any_number_of_partitions_gives_the_same_bytes(
    spark: SparkSession,
    program: str,
    logs: Path,
    command_line: Callable[..., bytes],
    tmp_path: Path,
    partitions: int,
) -> None:
    output = tmp_path / "fleet.baseline"
    result = fold(spark, [str(logs)], str(output), Options(binary=program, partitions=partitions))
    assert output.read_bytes() == command_line(logs)
    sizes = [path.stat().st_size for path in logs.rglob("*") if path.is_file()]
    assert (result.files, result.size, result.damaged) == (200, sum(sizes), [])
    assert (tmp_path / "fleet.baseline.damaged.jsonl").read_bytes() == b""


def test_any_order_gives_the_same_bytes(
    spark: SparkSession, program: str, logs: Path, command_line: Callable[..., bytes], tmp_path: Path
) -> None:
    paths = [str(path) for path in logs.rglob("*") if path.is_file()]
    random.Random(5).shuffle(paths)
    output = tmp_path / "fleet.baseline"
    fold(spark, paths, str(output), Options(binary=program))
    assert output.read_bytes() == command_line(logs)


def test_baselines_are_sources_too(
    spark: SparkSession, program: str, command_line: Callable[..., bytes], tmp_path: Path
) -> None:
    logs = sorted((PROJECT / "testdata/fleet").rglob("*.evtx"))
    (tmp_path / "old.baseline").write_bytes(command_line(*logs[:4]))
    output = tmp_path / "fleet.baseline"
    paths = [tmp_path / "old.baseline", *logs[2:]]
    fold(spark, [str(path) for path in paths], str(output), Options(binary=program))
    assert output.read_bytes() == command_line(*logs)


def test_damage_is_listed_and_the_rest_is_whole(
    spark: SparkSession, program: str, command_line: Callable[..., bytes], tmp_path: Path
) -> None:
    log = PROJECT / "testdata/fleet/WS-BOB-sysmon.evtx"
    store = tmp_path / "store"
    store.mkdir()
    (store / "cut.evtx").write_bytes(log.read_bytes()[:300_000])
    (store / "empty").touch()
    output = tmp_path / "fleet.baseline"
    result = fold(spark, [str(store)], str(output), Options(binary=program))
    assert output.read_bytes() == command_line(store / "cut.evtx")
    listed = (tmp_path / "fleet.baseline.damaged.jsonl").read_text().splitlines()
    told = [(Path(line["source"]).name, line["status"]) for line in map(json.loads, listed)]
    assert told == [("cut.evtx", "damaged"), ("empty", "unreadable")]
    assert len(result.damaged) == 2


def test_nothing_is_written_where_nothing_could_be_read(spark: SparkSession, program: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    (store / "empty").touch()
    output = tmp_path / "fleet.baseline"
    output.write_text("what was there")
    with pytest.raises(NothingReadError, match="this is no log, but empty"):
        fold(spark, [str(store)], str(output), Options(binary=program))
    assert output.read_text() == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fleet.baseline", "store"]


def test_the_file_has_the_mode_of_any_other(spark: SparkSession, program: str, tmp_path: Path) -> None:
    log = str(PROJECT / "testdata/fleet/WS-BOB-sysmon.evtx")
    (tmp_path / "kept").touch(0o640)
    (tmp_path / "other").touch()
    for name in ("kept", "new"):
        fold(spark, [log], str(tmp_path / name), Options(binary=program))
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("kept", "new", "other")}
    assert modes == {"kept": 0o640, "new": modes["other"], "other": modes["other"]}


def test_settings_of_the_session_are_left_as_they_were(spark: SparkSession, program: str, tmp_path: Path) -> None:
    name = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = spark.conf.get(name)
    log = str(PROJECT / "testdata/fleet/WS-BOB-sysmon.evtx")
    fold(spark, [log], str(tmp_path / "fleet.baseline"), Options(binary=program))
    assert spark.conf.get(name) == before


def test_partitions_follow_the_cores(spark: SparkSession) -> None:
    assert cores(spark) == 2
