"""Paths are literal, folders are searched as the command line does, and a file that changed is told."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipemine_spark.storage import Pinned, Storage

from .conftest import ODD_NAMES


def _listed(*paths: str | Path) -> list[str]:
    return [file.path for file in Storage().list([str(path) for path in paths])]


def test_no_name_is_special(tmp_path: Path) -> None:
    for name in ODD_NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    listed = Storage().list([str(tmp_path)])
    assert sorted(file.path for file in listed) == sorted(str(tmp_path / name) for name in ODD_NAMES)
    for file in listed:
        assert b"".join(Storage().read(file)).decode() == str(Path(file.path).relative_to(tmp_path))
        assert Storage().look(file) == file


def test_empty_files_are_files_and_unfinished_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / ".pipemine-a1b2").touch()
    assert _listed(tmp_path) == [str(tmp_path / "empty")]


def test_links_are_followed_and_the_same_file_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/log").write_text("x")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "a/log")
    assert len(_listed(tmp_path, tmp_path / "a", tmp_path / "a/../a/log", f"file://{tmp_path}/a/log")) == 1


def test_a_missing_path_and_an_unknown_scheme_raise(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _listed(tmp_path / "missing")
    with pytest.raises(ValueError, match="only local paths"):
        _listed("hdfs://namenode/logs")


def test_a_local_url_is_literal_and_has_no_host(tmp_path: Path) -> None:
    path = tmp_path / "a%41[1] #2?.evtx"
    path.touch()
    for url in (f"file:{path}", f"file://{path}", f"file://localhost{path}"):
        assert _listed(url) == [str(path)]
    with pytest.raises(ValueError, match="in the place of a host"):
        _listed("file://logs/a.evtx")


def test_a_link_to_nothing_is_told_as_gone(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "missing")
    (file,) = Storage().list([str(tmp_path)])
    assert Storage().look(file) is None


def test_files_may_come_and_go_while_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/log", "b/log", "c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    scandir = os.scandir

    def collect(folder: str) -> object:
        entries = scandir(folder)
        if folder == str(tmp_path):
            listed = list(entries)
            shutil.rmtree(tmp_path / "a")
            (tmp_path / "c").unlink()
            return contextlib.nullcontext(listed)
        return entries

    monkeypatch.setattr(os, "scandir", collect)
    files = Storage().list([str(tmp_path)])
    assert [(file.path, Storage().look(file) is None) for file in files] == [
        (str(tmp_path / "b/log"), False),
        (str(tmp_path / "c"), True),
    ]


@pytest.fixture
def anybody() -> Iterator[None]:
    """Not root, whom nothing is denied."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_what_is_denied_raises(tmp_path: Path, anybody: None) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        folder = Path(made) / "shut"
        folder.mkdir()
        log = folder / "log"
        log.write_text("log")
        (file,) = Storage().list([made])
        log.chmod(0)
        with pytest.raises(PermissionError):
            list(Storage().read(file))
        folder.chmod(0)
        with pytest.raises(OSError, match=r"(?i)permission denied"):
            Storage().look(file)
        with pytest.raises(PermissionError):
            Storage().list([made])
        folder.chmod(0o700)


def test_packed_files_come_as_they_are(tmp_path: Path) -> None:
    packed = gzip.compress(b"log")
    (tmp_path / "log.evtx.gz").write_bytes(packed)
    assert b"".join(Storage().read(Storage().list([str(tmp_path)])[0])) == packed


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "\udcff.evtx"
    path.write_bytes(b"log")
    (file,) = Storage().list([str(tmp_path)])
    assert b"".join(Storage().read(file)) == b"log"


def test_a_change_and_a_loss_are_seen(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("x")
    (file,) = Storage().list([str(tmp_path)])
    (tmp_path / "log").write_text("xy")
    now = Storage().look(file)
    assert now is not None
    assert (now.size, now.path) == (2, file.path)
    assert Storage().look(replace(file, path=str(tmp_path / "gone"))) is None


def test_a_folder_that_is_not_shared_is_no_damage() -> None:
    with pytest.raises(FileNotFoundError, match="is it shared"):
        Storage().look(Pinned("/no/such/folder/log", 1, 0))
