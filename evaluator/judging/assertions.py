"""unittest's assertion methods without their texts: those take the square of what a submission sends, and nobody reads
them. Each raises ``AssertionError`` where unittest's does.
"""

from __future__ import annotations

import collections
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any


def _require(holds: Any) -> None:
    if not holds:
        raise AssertionError


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[..., None]:
    def assert_comparison(self: UnittestAssertions, first: Any, second: Any, msg: Any = None) -> None:
        _require(compare(first, second))

    return assert_comparison


def _equality(*kinds: type) -> Callable[..., None]:
    """Equality of two instances of these types."""

    def assert_equality(self: UnittestAssertions, first: Any, second: Any, msg: Any = None) -> None:
        _require(isinstance(first, kinds) and isinstance(second, kinds) and first == second)

    return assert_equality


def _is_in(member: Any, container: Any) -> bool:
    return member in container


def _as_sequences(first: Any, second: Any) -> bool:
    return len(first) == len(second) and all(map(operator.eq, first, second))


def _almost_equal(first: Any, second: Any, places: int | None, delta: Any) -> bool:
    if places is not None and delta is not None:
        raise TypeError("specify delta or places not both")
    if first == second:
        return True
    difference = abs(first - second)
    if delta is not None:
        return bool(difference <= delta)
    return bool(round(difference, 7 if places is None else places) == 0)


class UnittestAssertions:
    """The ``self`` in the conditions of a TestCase's assertions. Arguments are unittest's."""

    assertEqual = assertEquals = _comparison(operator.eq)
    assertNotEqual = assertNotEquals = _comparison(operator.ne)
    assertIs = _comparison(operator.is_)
    assertIsNot = _comparison(operator.is_not)
    assertLess = _comparison(operator.lt)
    assertLessEqual = _comparison(operator.le)
    assertGreater = _comparison(operator.gt)
    assertGreaterEqual = _comparison(operator.ge)
    assertIn = _comparison(_is_in)
    assertNotIn = _comparison(lambda member, container: not _is_in(member, container))
    assertIsInstance = _comparison(isinstance)
    assertNotIsInstance = _comparison(lambda value, kinds: not isinstance(value, kinds))
    assertListEqual = _equality(list)
    assertTupleEqual = _equality(tuple)
    assertDictEqual = _equality(dict)
    assertMultiLineEqual = _equality(str)
    assertSetEqual = _equality(set, frozenset)

    def assertTrue(self, expr: Any, msg: Any = None) -> None:
        _require(expr)

    assert_ = failUnless = assertTrue

    def assertFalse(self, expr: Any, msg: Any = None) -> None:
        _require(not expr)

    def assertIsNone(self, obj: Any, msg: Any = None) -> None:
        _require(obj is None)

    def assertIsNotNone(self, obj: Any, msg: Any = None) -> None:
        _require(obj is not None)

    def assertAlmostEqual(
        self, first: Any, second: Any, places: int | None = None, msg: Any = None, delta: Any = None
    ) -> None:
        _require(_almost_equal(first, second, places, delta))

    assertAlmostEquals = assertAlmostEqual

    def assertNotAlmostEqual(
        self, first: Any, second: Any, places: int | None = None, msg: Any = None, delta: Any = None
    ) -> None:
        _require(first != second and not _almost_equal(first, second, places, delta))

    assertNotAlmostEquals = assertNotAlmostEqual

    def assertRegex(self, text: Any, expected_regex: Any, msg: Any = None) -> None:
        _require(re.compile(expected_regex).search(text))

    def assertNotRegex(self, text: Any, unexpected_regex: Any, msg: Any = None) -> None:
        _require(not re.compile(unexpected_regex).search(text))

    assertRegexpMatches, assertNotRegexpMatches = assertRegex, assertNotRegex

    def assertSequenceEqual(self, seq1: Any, seq2: Any, msg: Any = None, seq_type: type | None = None) -> None:
        if seq_type is not None:
            _require(isinstance(seq1, seq_type) and isinstance(seq2, seq_type))
        _require(seq1 == seq2 or (seq_type is None and type(seq1) is not type(seq2) and _as_sequences(seq1, seq2)))

    def assertCountEqual(self, first: Any, second: Any, msg: Any = None) -> None:
        one, other = list(first), list(second)
        _require(len(one) == len(other))  # so that the work is bounded by what is expected
        try:
            _require(collections.Counter(one) == collections.Counter(other))
        except TypeError:
            _require(_have_equal_counts(one, other))

    assertItemsEqual = assertCountEqual

    def assertDictContainsSubset(self, subset: Any, dictionary: Any, msg: Any = None) -> None:
        _require(all(key in dictionary and dictionary[key] == value for key, value in subset.items()))


def _have_equal_counts(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Compare as multisets of what cannot be hashed: each element takes one that equals it."""
    left = list(other)
    for element in one:
        place = next((place for place, each in enumerate(left) if element == each), None)
        if place is None:
            return False
        del left[place]
    return True
