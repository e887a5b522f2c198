"""
Lets Spark find the source `pipemine` by itself.

Spark imports every installed module whose name begins with `pyspark_`, and registers its `DefaultSource`.
"""

from pipemine_spark.datasource import PipemineDataSource as DefaultSource

__all__ = ["DefaultSource"]
