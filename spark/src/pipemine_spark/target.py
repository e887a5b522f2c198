"""A name in, a file that appears there whole or not at all out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pipemine_spark.storage import UNFINISHED, local_path


@contextmanager
def appearing(name: str, inputs: list[str]) -> Iterator[IO[bytes]]:
    """
    Open a file that gets its name when it is whole.

    Raises `OSError` or `ValueError` at once where that cannot be: nobody shall wait hours for a job to hear it.
    """
    path = _replaceable(name, inputs)
    handle, unfinished = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(unfinished).unlink()
        raise


def _replaceable(name: str, inputs: list[str]) -> Path:
    """Say which file it is, through links; what `pipemine` does not write over, this does not either."""
    if name == "-" or "://" in name:
        raise ValueError(f"{name}: the result is a file of the machine where this runs; name one")
    path = Path(name).resolve()
    if path.is_dir():
        raise IsADirectoryError(f"{name}: this is a folder; name a file in it")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{name}: there is no folder {path.parent}")
    if path.exists():
        if not path.is_file():
            raise ValueError(f"{name}: this is a device or a pipe, and would be replaced by a file")
        if any(path.is_relative_to(Path(local).resolve()) for local in map(local_path, inputs) if local):
            raise ValueError(f"{name}: this is also an input, and would be overwritten; give the output another name")
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
