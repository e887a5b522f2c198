"""The name of the program in, its path out: it is looked for where each kind of cluster may have put it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path


class BinaryError(RuntimeError):
    """The program is missing or cannot be run. No file is to blame, so the job has to fail."""


def find(name: str) -> str:
    """
    Find the program on this machine.

    A bare name is looked for on `PATH`, and beside the Python interpreter: that is where `pip install pipemine`
    puts it, and a worker's `PATH` need not have it. A relative path is one into an archive of `--archives`, which
    is unpacked into the working folder of an executor, and elsewhere in local mode.
    """
    if os.sep not in name:
        beside = Path(sys.executable).parent
        found = shutil.which(name) or shutil.which(name, path=str(beside))
        looked = f"on PATH and in {beside}"
    else:
        candidates = [Path(name)] if Path(name).is_absolute() else [folder / name for folder in _unpacked()]
        existing = [candidate for candidate in candidates if candidate.is_file()]
        found = next((str(path.absolute()) for path in existing if os.access(path, os.X_OK)), None)
        if existing and not found:
            raise BinaryError(f"{existing[0]} on {socket.gethostname()} may not be executed")
        looked = "at " + ", ".join(str(candidate.absolute()) for candidate in candidates)
    if not found:
        raise BinaryError(
            f"the program {name!r} is missing on {socket.gethostname()}: looked for {looked}. "
            "Install it there (pip install pipemine), ship it by --archives, or name it by the option `binary`"
        )
    return found


def _unpacked() -> list[Path]:
    """Folders into which Spark unpacks archives."""
    folders = [Path.cwd()]
    try:
        from pyspark.files import SparkFiles

        folders.append(Path(SparkFiles.getRootDirectory()))
    except (ImportError, AssertionError, AttributeError):
        # Outside of a worker there are none.
        pass
    return folders
