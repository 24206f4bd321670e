"""Excerpts of values: bounded and writable, whatever the value is."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.harness.excerpt import excerpt, json_excerpt


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="'"))
"""Without the character by which ``repr`` chooses its quotes: it may be in the part that an excerpt leaves out."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_a_small_value_is_shown_as_it_is(value: Any) -> None:
    text = repr(value)
    assert excerpt(value, 10_000) == text
    assert json_excerpt(value, 10_000) == value


@given(JSON, st.integers(1, 40))
def test_a_larger_value_is_cut(value: Any, size: int) -> None:
    text = repr(value)
    assert excerpt(value, size) == (text if len(text) <= size else text[:size] + "…")
    shown = json_excerpt(value, size)
    assert shown == (value if len(json.dumps(value)) <= size else json.dumps(value)[:size])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**5000, "<integer of about 5000 digits>"),
        ([1, -(10**16000)], "[1, <integer of about 16000 digits>]"),
        ({10**5000: 1}, "{<integer of about 5000 digits>: 1}"),
        ("\ud800x", "'\\ud800x'"),
        ((1, "a"), "(1, 'a')"),
        (Decimal("sNaN"), "Decimal('sNaN')"),
        (Fraction(1, 10**5000), "<Fraction>"),
        (range(10**30), f"range(0, {10**30})"),
    ],
    ids=range(8),  # pytest cannot write the values
)
def test_what_repr_fails_on_is_described(value: Any, text: str) -> None:
    assert excerpt(value, 80) == text


@pytest.mark.parametrize(
    "value", [nested(40), nested(100_000), [nested(900)] * 9, {"a": nested(300)}, [[0] * 10**6] * 2]
)
def test_nothing_nests_or_grows_without_end(value: Any) -> None:
    assert len(excerpt(value, 80)) <= 81
    shown = json_excerpt(value, 500)
    assert isinstance(shown, str)
    assert len(shown) <= 500


@pytest.mark.parametrize(
    "value", ["\ud800", ["a", "\udfff"], {"\ud83d": 1}, float("nan"), [float("inf")], 10**3000], ids=range(6)
)
def test_what_a_client_could_not_read_is_shown_as_text(value: Any) -> None:
    shown = json_excerpt(value, 2000)
    assert isinstance(shown, str)
    assert shown.isascii()
