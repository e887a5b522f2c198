"""
pipemine on Apache Spark.

The package is thin: it finds files, shares them out, and moves bytes. All decoding, normalising and merging is
done by the program `pipemine`, which runs as a child process, so that the result is that of the command line.

Modules, each of which uses only those above it: `binary` (where the program is), `child` (running it within
limits), `storage` (finding, pinning and opening files), `packing` (sharing files out), `options`, `reading` (one
file to one baseline), `rows` (what Spark sees), `datasource`, `merging` (baselines to fewer baselines), `job`, and
the command line in `__main__`.
"""

from pipemine_spark.datasource import PipemineDataSource, register
from pipemine_spark.job import Result, fold

__all__ = ["PipemineDataSource", "Result", "fold", "register"]
__version__ = "0.1.0"
