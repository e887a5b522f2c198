"""Options as Spark hands them over, all of them text, in; what they mean out."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from pipemine_spark.child import Limits
from pipemine_spark.storage import Storage

#: Partitions for each core: enough that a core which is done early finds more, few enough that starts cost nothing.
PARTITIONS_PER_CORE = 3

_GIB = 1 << 30
_MIB = 1 << 20


@dataclass(frozen=True)
class Options:
    """What can be chosen. The names are those of the options, and of the command line's with a `-`."""

    #: The program, by name or path.
    binary: str = "pipemine"
    #: How many partitions; 0 is a few for each core of the machine that plans.
    partitions: int = 0
    #: Seconds that the program may take for a file, for each GiB begun.
    timeout: float = 600.0
    #: MiB of address space that the program may use for a file; 0 is no limit.
    memory: int = 2048
    #: The same for merging; by default no limit, since the baseline of a fleet is as large as it is.
    merge_memory: int = 0
    #: What a row is: `pairs`, or `baseline`, a piece of each file's saved baseline.
    rows: str = "pairs"
    #: Another endpoint than Amazon's.
    endpoint: str = ""
    #: The region of the buckets; by default the environment's, or what the bucket says.
    region: str = ""
    #: Whether to read without credentials.
    anonymous: bool = False

    def storage(self) -> Storage:
        """How an object store is reached."""
        return Storage(self.endpoint or None, self.region or None, self.anonymous)

    def limits(self, size: int) -> Limits:
        """What a child may take that reads so many bytes."""
        return Limits(self.timeout * max(1, math.ceil(size / _GIB)), self.memory * _MIB)

    def merge_limits(self, size: int) -> Limits:
        """What a child may take that merges so many bytes."""
        return Limits(self.timeout * max(1, math.ceil(size / _GIB)), self.merge_memory * _MIB)

    def wanted_partitions(self) -> int:
        """How many partitions to make."""
        return self.partitions or PARTITIONS_PER_CORE * (os.cpu_count() or 1)

    def texts(self) -> dict[str, str]:
        """As Spark takes them."""
        return {name: str(value) for name, value in asdict(self).items() if value != ""}


def parse(given: Mapping[str, str]) -> Options:
    """
    Read options as Spark hands them over: in lower case or not.

    Raises `ValueError`, with the option's name, where one is unknown or out of range. `path` and `paths` are Spark's.
    """
    known = {field.name: field for field in fields(Options)}
    values: dict[str, str | int | float | bool] = {}
    for key, text in given.items():
        name = key.lower().replace("-", "_")
        if name in ("path", "paths"):
            continue
        if name not in known:
            raise ValueError(f"option {key!r} is unknown; there are: path, {', '.join(known)}")
        values[name] = _value(name, text, type(known[name].default))
    options = Options(**values)  # type: ignore[arg-type]
    if options.rows not in ("pairs", "baseline"):
        raise ValueError(f"option 'rows' is pairs or baseline, not {options.rows!r}")
    return options


def paths(given: Mapping[str, str]) -> list[str]:
    """What was named in `load`: one path, or several, which Spark hands over as JSON."""
    lowered = {key.lower(): value for key, value in given.items()}
    if "paths" in lowered:
        return [str(path) for path in json.loads(lowered["paths"])]
    if "path" in lowered:
        return [lowered["path"]]
    raise ValueError("name what to read: load(path)")


def _value(name: str, text: str, kind: type) -> str | int | float | bool:
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError(f"option {name!r} is true or false, not {text!r}")
        return text.lower() == "true"
    if kind is str:
        return text
    try:
        number: int | float = kind(text)
    except ValueError:
        raise ValueError(f"option {name!r} is a number, not {text!r}") from None
    if not 0 <= number < float("inf") or (name == "timeout" and number == 0):
        raise ValueError(f"option {name!r} is a number above 0, not {text}")
    return number
