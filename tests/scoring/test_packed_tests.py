"""LiveCodeBench's packed tests, read value by value: the same values, and never all of a row at once."""

from __future__ import annotations

import base64
import json
import pickle
import random
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.schema.shapes import packed
from evaluator.schema.shapes.livecodebench import cases_of
from evaluator.schema.shapes.values import UnknownTests
from tests.scoring.test_livecodebench import row
from trainer_client.benchmarks import livecodebench

_BOUND = 1 << 30
VALUES = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def pack(value: object, protocol: int = 4) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(value, protocol))).decode()


@settings(max_examples=20, deadline=None)
@given(st.lists(VALUES, max_size=5), st.integers(2, 5), st.booleans())
def test_the_values_are_those_of_json(values: list[Any], protocol: int, ascii_only: bool) -> None:
    text = json.dumps(values, ensure_ascii=ascii_only)
    padded = text.replace("[", f"[{' ' * 256}", 1)
    assert packed.values(pack(padded, protocol), _BOUND) == values


def test_long_values_and_characters_cross_the_parts() -> None:
    values = ["é€\U0001f600" * 100_000, "x" * 700_000, *range(3_000), {"a": "\ud83d"}]
    text = json.dumps(values, ensure_ascii=False)
    assert packed.values(pack(text), _BOUND) == values
    assert packed.values(pack(json.dumps(values)), _BOUND) == values


def test_other_pickles_are_left_to_the_unpickler() -> None:
    assert packed.values(pack(["no text"]), _BOUND) is None
    assert packed.values(pack(b"bytes"), _BOUND) is None
    assert cases_of({"public_test_cases": "[]", "private_test_cases": pack("[]")}) == []


@pytest.mark.parametrize("text", ["{", '["a"', '{"a": 1}', "nothing", ""])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(UnknownTests, match="cannot be read"):
        cases_of({"public_test_cases": "[]", "private_test_cases": pack(" " * 300 + text)})


def test_damage_and_bounds_are_said() -> None:
    whole = pack(json.dumps(["x" * 50_000 + str(number) for number in range(20)]))
    with pytest.raises(UnknownTests, match="cut off"):
        cases_of({"public_test_cases": "[]", "private_test_cases": whole[: len(whole) // 8 * 4]})
    with pytest.raises(UnknownTests, match="cannot be read"):
        cases_of({"public_test_cases": "[]", "private_test_cases": f"{whole[:40]}AAAA{whole[44:]}"})
    with pytest.raises(UnknownTests, match="take more than 0 MiB"):
        packed.values(whole, 1000)


def test_reading_a_file_takes_little_more_than_what_is_kept(tmp_path: Path) -> None:
    """At most 1.1 times the largest row. A row's text was held six times over."""
    chance = random.Random(0)
    tests = [
        {
            "input": " ".join(str(chance.randrange(10**9)) for _ in range(4_000)),
            "output": str(number),
            "testtype": "stdin",
        }
        for number in range(100)
    ]
    file = tmp_path / "test6.jsonl"
    file.write_text(json.dumps(row("big", public_test_cases="[]", private_test_cases=pack(json.dumps(tests)))) + "\n")
    size = sum(len(test["input"]) for test in tests)
    tracemalloc.start()
    try:
        [problem] = livecodebench.read([file])
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [dict(test) for test in problem.tests] == tests
    assert peak - kept < 1.1 * size, f"{(peak - kept) / size:.2f} times the row's tests"
