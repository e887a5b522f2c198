"""Options that make no sense are refused by name."""

from __future__ import annotations

import pytest

from pipemine_spark.options import Options, parse, paths


def test_what_is_given_comes_back() -> None:
    options = Options(binary="/opt/pipemine", partitions=7, timeout=1.5, memory=0, rows="baseline", anonymous=True)
    assert parse(options.texts()) == options


@pytest.mark.parametrize(
    ("name", "value"),
    [("partition", "7"), ("partitions", "-1"), ("timeout", "0"), ("memory", "x"), ("rows", "all"), ("anonymous", "1")],
)
def test_nonsense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        parse({"path": "logs", name: value})


def test_one_path_or_several() -> None:
    assert paths({"path": "a b"}) == ["a b"]
    assert paths({"paths": '["a", "b,c"]'}) == ["a", "b,c"]


def test_a_large_file_may_take_longer() -> None:
    assert Options(timeout=10).limits(0).seconds == 10
    assert Options(timeout=10).limits((3 << 30) + 1).seconds == 40
