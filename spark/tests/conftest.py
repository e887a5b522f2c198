"""What tests share: the program, generated logs, what the command line makes of them, and one Spark session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SPARK = Path(__file__).parents[1]
PROJECT = SPARK.parent

# Before anything starts a JVM, since workers inherit its environment.
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
os.environ["PYSPARK_PYTHON"] = sys.executable
# Each JVM lives for seconds: what it would gain by compiling thoroughly, it does not live to have.
os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_EC2_METADATA_DISABLED="true")  # noqa: S106


def _built(name: str) -> str:
    """Where cargo has put a program; the newest, if there are several."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    found = [path for path in (target / "release" / name, target / "debug" / name) if path.is_file()]
    if not found:
        pytest.exit(f"{name} is not built: cargo build --workspace --release", returncode=1)
    return str(max(found, key=lambda path: path.stat().st_mtime))


def generator() -> str:
    """What makes logs."""
    return os.environ.get("PIPEMINE_TESTDATA") or _built("pipemine-testdata")


@pytest.fixture(scope="session")
def program() -> str:
    """The program under test."""
    return os.environ.get("PIPEMINE") or _built("pipemine")


#: What Spark and Hadoop take for patterns, escapes or hidden files, and what is all of it at once.
ODD_NAMES = (
    "with space.evtx",
    "percent%41.evtx",
    "hash#1.evtx",
    "é ü 日本.evtx",
    "[a-z]{b,c}*?.evtx",
    ".hidden.evtx",
    "_underscore.evtx",
    "two..dots.evtx",
    "no extension",
    "_temporary/0/._%41[1] #é.evtx",
    "a=1/b=x y/part.evtx",
    "plus+and&semi;colon:.evtx",
    "back\\slash.evtx",
    "quote'\".evtx.gz",
)


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 logs, of which one has 30 times the size of the others, some by odd names."""
    made = tmp_path_factory.mktemp("made")

    def generate(folder: str, *options: str) -> list[Path]:
        subprocess.run([generator(), "fleet", *options, made / folder], check=True, stdout=subprocess.DEVNULL)
        logs = [path for path in (made / folder).rglob("*") if path.is_file()]
        return sorted(logs, key=lambda path: (path.stat().st_size, path))

    # Some hosts are collectors, which have the logs of others: theirs are left out.
    small = generate("small", "--hosts", "240", "--days", "1", "--activity", "25", "--noise", "5", "--seed", "7")[:199]
    large = generate("large", "--hosts", "2", "--days", "30", "--seed", "8")[0]
    folder = tmp_path_factory.mktemp("logs")
    for name, log in zip([*ODD_NAMES, *(f"{n:03}/log.evtx" for n in range(199))], small, strict=False):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(log, folder / name)
    shutil.move(large, folder / "large.evtx")
    shutil.rmtree(made)
    sizes = sorted(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert len(sizes) == 200
    assert sizes[-1] >= 30 * sizes[-2]
    return folder


@pytest.fixture(scope="session")
def command_line(program: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """What `pipemine baseline` makes of these sources."""
    output = tmp_path_factory.mktemp("expected") / "expected.baseline"

    def fold(*sources: Path) -> bytes:
        done = subprocess.run([program, "baseline", "-q", "-o", output, *sources], capture_output=True, check=False)
        assert done.returncode in (0, 3), done.stderr
        return output.read_bytes()

    return fold


@pytest.fixture
def standin(tmp_path: Path, program: str) -> Path:
    """A program that misbehaves where its input asks for it, in a folder of its own."""
    folder = tmp_path / "standin"
    folder.mkdir()
    (folder / "program").symlink_to(Path(program).absolute())
    path = folder / "pipemine"
    path.write_text(f"#!{sys.executable}\n" + (Path(__file__).parent / "standin.py").read_text())
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A session on two cores."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("pipemine-spark tests")
    session = builder.config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `pipemine-spark` as users do."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipemine_spark", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)

    return run


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The endpoint of a store as S3 is one. It is moto's, which has one state for all servers of a process."""
    moto = pytest.importorskip("moto.server", reason="skipped: moto is not installed")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def collector(object_store: str) -> Callable[[dict[str, bytes]], str]:
    """Make a store with nothing but these objects in its bucket `collector`, and give its endpoint."""
    import pyarrow.fs

    def fill(objects: dict[str, bytes]) -> str:
        urllib.request.urlopen(urllib.request.Request(f"{object_store}/moto-api/reset", method="POST")).close()  # noqa: S310
        store = pyarrow.fs.S3FileSystem(endpoint_override=object_store, region="us-east-1", allow_bucket_creation=True)
        store.create_dir("collector")
        for key, content in objects.items():
            with store.open_output_stream(f"collector/{key}", compression=None) as out:
                out.write(content)
        return object_store

    return fill
