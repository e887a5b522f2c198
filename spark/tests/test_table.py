"""`spark.read.format("pipemine")` gives the rows of `pipemine scan`, and one status row for each file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions

from .conftest import PROJECT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FLEET = PROJECT / "testdata/fleet"


def _load(spark: SparkSession, program: str, *paths: Path, **options: str) -> DataFrame:
    return spark.read.format("pipemine").options(binary=program, **options).load([str(path) for path in paths])


def test_rows_are_those_of_scan(spark: SparkSession, program: str) -> None:
    logs = sorted(FLEET.rglob("*.evtx"))
    columns = ["pipe_name", "image", "count", "created", "connected", "hosts", "days", "users", "family"]
    times = ["first_seen", "last_seen"]
    expected = []
    for log in logs:
        done = subprocess.run([program, "scan", "-q", "--format", "jsonl", log], capture_output=True, check=True)
        pairs = map(json.loads, done.stdout.splitlines())
        expected += [(str(log), *(pair[name] for name in [*columns, *times])) for pair in pairs]
    shown = [functions.date_format(time, "yyyy-MM-dd'T'HH:mm:ss.SSSX") for time in times]
    rows = _load(spark, program, FLEET).where("row = 'pair'").select("source", *columns, *shown).collect()
    assert sorted(map(repr, map(tuple, rows))) == sorted(map(repr, expected))


def test_every_file_has_one_status(spark: SparkSession, program: str, tmp_path: Path) -> None:
    whole = FLEET / "WS-BOB-sysmon.evtx"
    (tmp_path / "cut.evtx").write_bytes(whole.read_bytes()[:300_000])
    (tmp_path / "empty").touch()
    (tmp_path / "garbage").write_bytes(bytes(range(256)) * 100)
    rows = _load(spark, program, whole, tmp_path).where("row = 'status'").orderBy("size").collect()
    assert [(Path(row.source).name, row.status) for row in rows] == [
        ("empty", "unreadable"),
        ("garbage", "unreadable"),
        ("cut.evtx", "damaged"),
        ("WS-BOB-sysmon.evtx", "read"),
    ]
    assert rows[3].pipe_events == 666
    assert rows[3].detail is None
    assert "at byte 300000" in rows[2].detail
    assert rows[0].detail == "this is no log, but empty"


def test_it_can_be_asked_in_sql(spark: SparkSession, program: str) -> None:
    _load(spark, program, FLEET).createOrReplaceTempView("pipes")
    query = "SELECT sum(count) AS events FROM pipes WHERE row = 'pair' AND image ILIKE '%\\\\\\\\spoolsv.exe'"
    every = "SELECT sum(count) AS events FROM pipes WHERE row = 'pair'"
    assert 0 < spark.sql(query).first().events < spark.sql(every).first().events  # type: ignore[union-attr]


def test_an_empty_folder_has_no_rows(spark: SparkSession, program: str, tmp_path: Path) -> None:
    assert _load(spark, program, tmp_path).count() == 0


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"binary": "no-such-program"}, "the program 'no-such-program' is missing"),
        ({"partition": "7"}, "option 'partition' is unknown"),
        ({"binary": "/bin/echo"}, "its output has no end"),
    ],
)
def test_what_is_wrong_is_told(spark: SparkSession, options: dict[str, str], reason: str) -> None:
    if reason == "its output has no end":
        rows = spark.read.format("pipemine").options(**options).load(str(FLEET)).collect()
        assert all(reason in row.detail for row in rows)
        return
    with pytest.raises(PySparkException, match=reason):
        spark.read.format("pipemine").options(**options).load(str(FLEET)).collect()
