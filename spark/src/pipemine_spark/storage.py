"""
Paths as a user names them in, a pinned list of files out, and later the bytes of each.

Paths are literal: no pattern, no escape. `a%41[1] #2.evtx` is the file of that name, a leading `_` or dot hides
nothing, and an empty file is a file. Bytes come through `pyarrow.fs`, never decompressed on the way.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path

import pyarrow.fs as arrow

#: How much of a file is in memory at once.
READ_BYTES = 1 << 20
#: How the name of a file begins that `pipemine` is about to finish: no input, wherever it is.
UNFINISHED = ".pipemine-"

_S3 = "s3://"


@dataclass(frozen=True)
class Pinned:
    """A file as it was when it was listed: every attempt at reading it can tell whether it still is."""

    path: str
    size: int
    modified_ns: int | None

    def modified(self) -> datetime | None:
        """When it was last modified, to the microsecond."""
        if self.modified_ns is None:
            return None
        return datetime.fromtimestamp(self.modified_ns // 1000 / 1_000_000, timezone.utc)


@dataclass(frozen=True)
class Storage:
    """How an object store is reached. Credentials come from the environment, never from options: plans show these."""

    endpoint: str | None = None
    region: str | None = None
    anonymous: bool = False

    def list(self, paths: list[str]) -> list[Pinned]:
        """
        Find all files that `paths` stand for, folders being searched; each is there once, sorted by path.

        Raises `OSError` where one is missing or cannot be looked at: a typing error must not look like an empty store.
        """
        found: dict[str, Pinned] = {}
        for path in paths:
            path = _plain(path)
            for identity, file in self._list_s3(path) if path.startswith(_S3) else _list_local(path):
                found.setdefault(identity, file)
        return sorted(found.values(), key=lambda file: file.path)

    def look(self, file: Pinned) -> Pinned | None:
        """Pin the file anew: what it is now, or `None` where it is gone."""
        if file.path.startswith(_S3):
            return _pinned(_info(self._s3(file.path), file.path.removeprefix(_S3)), file.path)
        try:
            Path(file.path).parent.stat()
        except FileNotFoundError:
            raise FileNotFoundError(f"{file.path}: the folder is not there on this worker: is it shared?") from None
        return _pinned(_info(arrow.LocalFileSystem(), os.fsencode(file.path)), file.path)

    def read(self, file: Pinned) -> Iterator[bytes]:
        """Yield the bytes of a file. Errors of the network, and missing permissions, are raised as `OSError`."""
        if file.path.startswith(_S3):
            stream = self._s3(file.path).open_input_stream(file.path.removeprefix(_S3), compression=None)
        else:
            # As bytes, since a name on Linux need not be text.
            name: str = os.fsencode(file.path)  # type: ignore[assignment]
            stream = arrow.LocalFileSystem().open_input_stream(name, compression=None)
        with stream:
            while piece := stream.read(READ_BYTES):
                yield piece

    def _list_s3(self, path: str) -> Iterator[tuple[str, Pinned]]:
        store = self._s3(path)
        key = path.removeprefix(_S3).rstrip("/")
        named = _info(store, key)
        if named.type == arrow.FileType.NotFound:
            raise FileNotFoundError(f"{path}: there is no such object, and no folder with objects")
        listed = [named]
        if named.type == arrow.FileType.Directory:
            listed = store.get_file_info(arrow.FileSelector(key, recursive=True))
        for info in listed:
            file = _pinned(info, _S3 + info.path)
            if file and not posixpath.basename(file.path).startswith(UNFINISHED):
                yield file.path, file

    def _s3(self, path: str) -> arrow.FileSystem:
        return _s3_store(self, path.removeprefix(_S3).split("/", 1)[0])


@lru_cache(maxsize=16)
def _s3_store(storage: Storage, bucket: str) -> arrow.FileSystem:
    # AWS's tools know these variables; Arrow does not look at them by itself.
    endpoint = storage.endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = storage.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region and not endpoint:
        # What a bucket is denied for, reading it will tell better.
        region = arrow.resolve_s3_region(bucket)
    known: Mapping[str, str | None] = {"endpoint_override": endpoint, "region": region}
    return arrow.S3FileSystem(
        anonymous=storage.anonymous,
        connect_timeout=10,
        request_timeout=60,
        # The default is ten, with ever longer waits between: Spark tries again by itself.
        retry_strategy=arrow.AwsStandardS3RetryStrategy(max_attempts=4),
        **{name: value for name, value in known.items() if value},  # type: ignore[arg-type]
    )


def _plain(path: str) -> str:
    """Bring the spellings of one place together."""
    scheme = path.split(":", 1)[0].lower() if ":" in path else ""
    if scheme in ("s3", "s3a", "s3n"):
        return _S3 + path.split(":", 1)[1].lstrip("/")
    if scheme == "file":
        return _without_host(path)
    if "://" in path:
        raise ValueError(f"{path}: only local paths, file:, s3:// and s3a:// can be read")
    return path


def _without_host(url: str) -> str:
    """Take `file:/path`, `file:///path` and `file://localhost/path` as Hadoop does: what follows is literal."""
    path = url.split(":", 1)[1]
    if not path.startswith("//"):
        return path
    host, slash, rest = path[2:].partition("/")
    if host not in ("", "localhost") or not slash:
        raise ValueError(f"{url}: {host!r} is in the place of a host; a local path is file:///path")
    return slash + rest


def local_path(named: str) -> str | None:
    """Say which local path this is, or `None` where it is none."""
    try:
        path = _plain(named)
    except ValueError:
        return None
    return None if path.startswith(_S3) else path


def _list_local(named: str) -> Iterator[tuple[str, Pinned]]:
    """List as the command line does: links are followed, a loop of links is left, a pipe in a folder is no log."""
    path = os.path.abspath(named)  # noqa: PTH100
    if not os.path.isdir(path):  # noqa: PTH112
        yield os.path.realpath(path), _stat(path)
        return
    folders = [(path, frozenset[str]())]
    while folders:
        folder, above = folders.pop()
        identity = os.path.realpath(folder)
        if identity in above:
            continue
        for entry in _entries(folder, above=bool(above)):
            if entry.is_dir():
                folders.append((entry.path, above | {identity}))
            elif not entry.name.startswith(UNFINISHED) and (entry.is_file() or not Path(entry.path).exists()):
                yield os.path.realpath(entry.path), _found(entry.path)


def _entries(folder: str, *, above: bool) -> list[os.DirEntry[str]]:
    """List a folder. One in another may go away meanwhile, as files may: the collector is at work."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        if above:
            return []
        raise


def _found(path: str) -> Pinned:
    """Pin a file that was there a moment ago. A link to nothing, and what went away since then, is told as gone."""
    try:
        return _stat(path)
    except FileNotFoundError:
        return Pinned(path, 0, None)


def _stat(path: str) -> Pinned:
    status = Path(path).stat()
    return Pinned(path, status.st_size, status.st_mtime_ns)


def _info(store: arrow.FileSystem, path: str | bytes) -> arrow.FileInfo:
    return store.get_file_info([path])[0]  # type: ignore[list-item]


def _pinned(info: arrow.FileInfo, path: str) -> Pinned | None:
    if info.type != arrow.FileType.File:
        return None
    return Pinned(path, info.size, info.mtime_ns)
