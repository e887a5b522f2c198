"""The source `pipemine` of Spark: paths in, a table of pairs with one status row for each file out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.errors import AnalysisException
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

from pipemine_spark.options import Options, parse, paths
from pipemine_spark.packing import pack
from pipemine_spark.reading import list_pairs, read_file
from pipemine_spark.rows import PAIRS_DDL, PARTS_DDL, pair_row, piece_batches, status_parts, status_row
from pipemine_spark.storage import Pinned

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

NAME = "pipemine"


@dataclass
class Share(InputPartition):
    """The files of one task. It is pickled, so that each attempt at it reads the same."""

    bucket: int
    files: list[Pinned]


class PipemineDataSource(DataSource):
    """
    `spark.read.format("pipemine").load("…")`.

    Options that make no sense are refused before anything is read. The options are told in the README.
    """

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self._options = parse(options)

    @classmethod
    def name(cls) -> str:
        """Say what `format` calls it."""
        return NAME

    def schema(self) -> str:
        """Say what rows look like."""
        return PAIRS_DDL if self._options.rows == "pairs" else PARTS_DDL

    def reader(self, schema: StructType) -> PipemineReader:
        """Make what plans and reads."""
        return PipemineReader(self._options, paths(self.options))


class PipemineReader(DataSourceReader):
    """Lists and shares out files where the query is planned, and reads them where tasks run."""

    def __init__(self, options: Options, named: list[str]) -> None:
        self._options = options
        self._named = named

    def partitions(self) -> list[Share]:
        """List the files, and share them out by size."""
        files = self._options.storage().list(self._named)
        shares = pack(files, self._options.wanted_partitions())
        # Without a file there is one empty share: Spark would make one of its own that `read` does not know.
        return [Share(bucket, share) for bucket, share in enumerate(shares)] or [Share(0, [])]

    def read(self, partition: Share) -> Iterator[Any]:  # type: ignore[override]
        """Read the files of a task, one after another, each by a child of its own."""
        read = self._read_pairs if self._options.rows == "pairs" else self._read_baselines
        return read(partition)

    def _read_pairs(self, share: Share) -> Iterator[Any]:
        for file in share.files:
            with read_file(file, self._options) as (baseline, status):
                if baseline:
                    for line in list_pairs(baseline, self._options):
                        yield pair_row(file.path, line)
            yield status_row(status)

    def _read_baselines(self, share: Share) -> Iterator[Any]:
        for file in share.files:
            with read_file(file, self._options) as (baseline, status):
                if baseline:
                    yield from piece_batches(share.bucket, file.path, baseline)
            yield status_parts(share.bucket, status)


def register(spark: SparkSession) -> None:
    """
    Make the source known to a session.

    Where the package is installed Spark finds it by itself; where it came by `--py-files`, it does not. To register
    twice does no harm, though Spark 4.0 raises then.
    """
    try:
        spark.dataSource.register(PipemineDataSource)
    except AnalysisException as error:
        if "ALREADY_EXISTS" not in str(error):
            raise
