"""An object store is read as a folder is, and what it refuses fails the job with that reason."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.fs
import pytest
from pyspark.errors import PySparkException

from pipemine_spark import fold
from pipemine_spark.datasource import PipemineDataSource
from pipemine_spark.options import Options

from .conftest import ODD_NAMES, PROJECT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOGS = sorted((PROJECT / "testdata/fleet").rglob("*.evtx"))
# What S3 takes for keys as it is; moto's own folders and `..` are not.
KEYS = [name for name in ODD_NAMES if ".." not in name][: len(LOGS)]


@pytest.fixture
def endpoint(collector: Callable[[dict[str, bytes]], str]) -> Iterator[str]:
    """A store with the logs of the example fleet, and an empty file."""
    logs = {f"sysmon/{key}": log.read_bytes() for key, log in zip(KEYS, LOGS, strict=True)}
    endpoint = collector({**logs, "sysmon/empty": b""})
    yield endpoint
    _refuse_after(endpoint, None)


def _refuse_after(endpoint: str, requests: int | None) -> None:
    """Make the store refuse credentials that it does not know, which all are, from some request on."""
    data = str(requests if requests is not None else float("inf")).encode()
    headers = {"Content-Type": "text/plain"}
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset-auth", data, headers)).close()  # noqa: S310


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
def test_the_same_bytes_from_a_store(
    spark: SparkSession, program: str, command_line: Callable[..., bytes], endpoint: str, tmp_path: Path, scheme: str
) -> None:
    output = tmp_path / "fleet.baseline"
    options = Options(binary=program, partitions=3, endpoint=endpoint, region="us-east-1")
    result = fold(spark, [f"{scheme}://collector/sysmon/"], str(output), options)
    assert output.read_bytes() == command_line(*LOGS)
    assert [damage.source for damage in result.damaged] == ["s3://collector/sysmon/empty"]


def test_one_object_and_a_whole_bucket(spark: SparkSession, program: str, endpoint: str) -> None:
    reader = spark.read.format("pipemine").options(binary=program, endpoint=endpoint, region="us-east-1")
    assert reader.load(f"s3://collector/sysmon/{KEYS[0]}").where("row = 'status'").count() == 1
    assert reader.load("s3://collector").where("row = 'status'").count() == len(LOGS) + 1
    with pytest.raises(PySparkException, match="there is no such object"):
        reader.load("s3://collector/misspelled").count()


def test_a_denied_bucket_fails_the_job_with_that_reason(
    spark: SparkSession, program: str, endpoint: str, tmp_path: Path
) -> None:
    _refuse_after(endpoint, 0)
    options = Options(binary=program, endpoint=endpoint, region="us-east-1")
    with pytest.raises(PySparkException, match=r"(?i)denied|forbidden"):
        fold(spark, ["s3://collector/sysmon"], str(tmp_path / "fleet.baseline"), options)
    assert list(tmp_path.iterdir()) == []


def test_objects_that_are_denied_while_reading_raise(program: str, endpoint: str) -> None:
    reader = _reader(program, endpoint)
    shares = reader.partitions()
    _refuse_after(endpoint, 0)
    with pytest.raises(OSError, match=r"(?i)denied|forbidden"):
        list(reader.read(shares[0]))


def test_a_network_error_raises(program: str, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = _reader(program, endpoint)
    shares = reader.partitions()
    refused = _reader(program, "http://127.0.0.1:9")
    with pytest.raises(OSError, match=r"(?i)connect"):
        list(refused.read(shares[0]))


def test_an_object_that_is_gone_is_told(program: str, endpoint: str) -> None:
    reader = _reader(program, endpoint)
    shares = reader.partitions()
    store = pyarrow.fs.S3FileSystem(endpoint_override=endpoint, region="us-east-1")
    store.delete_file(shares[0].files[0].path.removeprefix("s3://"))
    assert "gone" in next(reader.read(shares[0]))


def _reader(program: str, endpoint: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    options = {"path": "s3://collector/sysmon", "binary": program, "endpoint": endpoint, "region": "us-east-1"}
    source = PipemineDataSource({**options, "partitions": "2"})
    return source.reader(None)  # type: ignore[arg-type]


def test_credentials_are_no_options() -> None:
    with pytest.raises(ValueError, match="unknown"):
        PipemineDataSource({"path": "s3://collector", "secret_key": os.environ["AWS_SECRET_ACCESS_KEY"]})
