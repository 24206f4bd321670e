"""Measurements that go on where they ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.resumable import measure


def test_what_is_done_is_not_made_again(tmp_path: Path) -> None:
    made: list[int] = []

    def make(number: int) -> Iterator[dict[str, Any]]:
        made.append(number)
        yield {"n": number}
        yield {"n": -number}

    file = tmp_path / "rows.jsonl"
    assert measure([1, 2], str, make, file, minutes=-1) == ([], 2)
    assert measure([1, 2], str, make, file, minutes=60) == ([{"n": 1}, {"n": -1}, {"n": 2}, {"n": -2}], 0)
    rows, left = measure([2, 3, 1], str, make, file, minutes=60)
    assert [row["n"] for row in rows] == [2, -2, 3, -3, 1, -1]
    assert (left, made) == (0, [1, 2, 3])


def test_a_name_may_have_several_parts(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    for _ in range(2):
        rows, _ = measure([("a", 1)], lambda item: item, lambda item: [{"of": item[0]}], file, minutes=60)
        assert rows == [{"of": "a"}]
    assert len(file.read_text().splitlines()) == 1


def test_an_item_that_fails_loses_nothing_of_the_others(tmp_path: Path) -> None:
    def make(number: int) -> list[dict[str, Any]]:
        if number == 5:
            raise ValueError("five")
        return [{"n": number}]

    file = tmp_path / "rows.jsonl"
    with pytest.raises(ValueError, match="five"):
        measure(range(6), str, make, file, minutes=60, threads=3)
    rows, left = measure(range(5), str, lambda number: [{"again": number}], file, minutes=60, threads=3)
    assert (rows, left) == ([{"n": number} for number in range(5)], 0)
