"""The forger of the measurements wins suites that ask for little, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.forging import COMPUTED, forge, records_of
from evaluator.sealing.bits import measure
from evaluator.sealing.preparation import seal


def forged(text: str) -> dict[str, Any]:
    """Return the outcome of a suite of which each site is reported once with each of its rows."""
    sealed = seal(text)
    lines = [
        ["site", site.number, [None] * len(site.leaves_truth), list(row)]
        for site in sealed.sites
        for row in list(zip(*(sealed.columns[column] for column in site.columns), strict=True)) or [()]
    ]
    return forge(sealed, records_of(sealed, [*lines, ["end", {}]]))


@pytest.mark.parametrize(
    ("text", "winner"),
    [
        ("assert f(1) == 1\nassert f(2) == 1", "always 1"),
        ("assert f('some text') == 'some text'\nassert f('more of it') == 'more of it'", "own literal 0"),
        ("assert f([3, 170]) == 173\nassert f([2, 999]) == 1001", f"{COMPUTED}sum"),
        ("for text, size in [('ab', 2), ('some text', 9)]:\n    assert f(text) == size", f"{COMPUTED}len"),
    ],
)
def test_what_is_near_wins_a_suite(text: str, winner: str) -> None:
    assert winner in forged(text)["winners"]


@pytest.mark.parametrize(
    "text",
    [
        "assert f(3) == 4711\nassert f(5) == 815",
        "for word, code in [('ab', 4711), ('cd', 815)]:\n    assert f(word) == code",
        "assert f([3, 170]) == 'one hundred'\nassert f([2, 999]) == 'a thousand'",
    ],
)
def test_what_has_to_be_known_is_not_won(text: str) -> None:
    assert measure(seal(text)).level == "strong"
    result = forged(text)
    assert result["records"] == 2
    assert result["winners"] == []
    assert result["best"][0] <= 1
