"""The queries of the README count what is in a lake as pipemine counts it, in the columns that it takes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from pyspark.sql import functions

from .conftest import PROJECT
from .test_readme import block

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COLUMNS = ["pipe_name", "image", "event_id", "host", "count", "first_seen", "last_seen"]
NUMBERS = ["count", "created", "connected", "hosts", "days", "first_seen", "last_seen"]


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The pipe events of the example fleet, each once, as its generator knows them."""
    from .conftest import generator

    folder = tmp_path_factory.mktemp("truth")
    subprocess.run(
        [generator(), "fleet", "--truth", folder / "truth.jsonl", folder / "logs"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def lake(truth: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the events as Parquet: raw in `sysmon`, by OCSF in `ocsf`."""
    folder = tmp_path_factory.mktemp("lake")
    events = {(event["host"].split(".")[0].lower(), event["record_id"], event["utc_time"]): event for event in truth}
    raw, ocsf = [], []
    for event in events.values():
        time = datetime.strptime(event["utc_time"] + "+0000", "%Y-%m-%d %H:%M:%S.%f%z")
        raw.append(
            {
                "EventID": event["event_id"],
                "PipeName": event["pipe_name"],
                "Image": event["image"],
                "Computer": event["host"],
                "UtcTime": time,
            }
        )
        ocsf.append(
            {
                "class_uid": 1001,
                "metadata": {"event_code": str(event["event_id"]), "product": {"name": "Sysmon"}},
                "time": round(time.timestamp() * 1000),
                "device": {"hostname": event["host"]},
                "actor": {"process": {"file": {"path": event["image"]}}},
                "file": {"path": event["pipe_name"]},
            }
        )
    # What is no pipe event must not count.
    raw.append({**raw[0], "EventID": 1})
    ocsf.append({**ocsf[0], "class_uid": 1007})
    for name, rows in (("sysmon", raw), ("ocsf", ocsf)):
        (folder / name).mkdir()
        table = pa.Table.from_pylist(rows)
        # Not packed: Spark's code for that is native, and does not load on every machine.
        pa.parquet.write_table(table, folder / name / "part-0.parquet", compression="none", coerce_timestamps="us")
    return folder


@pytest.fixture(scope="module")
def expected(program: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What pipemine itself counts in the logs, by pair."""
    command = [program, "scan", "-q", "--format", "jsonl", str(PROJECT / "testdata/fleet")]
    done = subprocess.run(command, capture_output=True, check=True)
    pairs = [json.loads(line) for line in done.stdout.splitlines()]
    return {_key(pair): {name: pair[name] for name in NUMBERS} for pair in pairs}


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["pipe_name"].lower(), row["image"].lower()


def _summed(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """What rows of hosts and days come to, by pair."""
    assert all(list(row) == COLUMNS for row in rows)
    by_pair: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_pair.setdefault(_key(row), []).append(row)
    return {
        pair: {
            "count": sum(row["count"] for row in found),
            "created": sum(row["count"] for row in found if int(row["event_id"]) == 17),
            "connected": sum(row["count"] for row in found if int(row["event_id"]) == 18),
            "hosts": len({row["host"].split(".")[0].lower() for row in found}),
            "days": len({row["first_seen"][:10] for row in found}),
            "first_seen": min(row["first_seen"] for row in found),
            "last_seen": max(row["last_seen"] for row in found),
        }
        for pair, found in by_pair.items()
    }


@pytest.mark.parametrize("form", ["raw", "ocsf"])
def test_duckdb(lake: Path, expected: dict[tuple[str, str], dict[str, Any]], form: str) -> None:
    pytest.importorskip("duckdb", reason="skipped: duckdb is not installed")
    python = block("duckdb-pipe").split("|")[0].replace("python", sys.executable, 1)
    (lake / "query.sql").write_text(block(f"duckdb-{form}"))
    done = subprocess.run(["bash", "-c", python], cwd=lake, capture_output=True, text=True, check=True)
    assert _summed([json.loads(line) for line in done.stdout.splitlines()]) == expected


@pytest.mark.parametrize("form", ["raw", "ocsf"])
def test_spark_sql(
    spark: SparkSession,
    lake: Path,
    expected: dict[tuple[str, str], dict[str, Any]],
    form: str,
) -> None:
    query = block(f"spark-{form}").replace("parquet.`", f"parquet.`{lake}/")
    rows = spark.sql(query).select(functions.to_json(functions.struct("*")))
    assert _summed([json.loads(row[0]) for row in rows.collect()]) == expected


def test_counted_rows_are_a_source(lake: Path, program: str, expected: dict[tuple[str, str], dict[str, Any]]) -> None:
    pytest.importorskip("duckdb", reason="skipped: duckdb is not installed")
    (lake / "query.sql").write_text(block("duckdb-raw"))
    # At once: the path of the one may hold the name of the other.
    commands = {"python": sys.executable, "pipemine": program}
    pipe = re.sub(r"\b(?:python|pipemine)\b", lambda word: commands[word[0]], block("duckdb-pipe"))
    subprocess.run(["bash", "-euo", "pipefail", "-c", pipe], cwd=lake, check=True)
    command = [program, "scan", "-q", "--format", "jsonl", str(lake / "lake.baseline")]
    done = subprocess.run(command, capture_output=True, check=True)
    pairs = [json.loads(line) for line in done.stdout.splitlines()]
    assert {_key(pair): {name: pair[name] for name in NUMBERS} for pair in pairs} == expected
