"""Conditions that are data (``expressions``), evaluated on plain values.

This needs no jail: nothing of an author's or a submission's is executed, the values are of a few types of the
interpreter's own, and the work is bounded by how long what was sent is. What is more than that is ``OutOfReach``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from evaluator.forms import codec
from evaluator.harness.excerpt import excerpt
from evaluator.judging.assertions import UnittestAssertions
from evaluator.judging.conditions import EXPECTED, SHOWN_CHARACTERS, OutOfReach, SiteConditions
from evaluator.judging.expressions import ASSERTIONS, PLACES, Data, is_plain
from evaluator.sealing.sealed import Site

_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "In": lambda member, container: member in container,
    "NotIn": lambda member, container: member not in container,
    "Is": operator.is_,
    "IsNot": operator.is_not,
}
_WORDS: Final = {kind.__name__: words for kind, words in EXPECTED.items()}
_IDENTITY: Final = ("assertIs", "assertIsNot")
_MAX_COUNTED: Final = 256
"""Elements of each side that are counted against each other: what cannot be hashed takes the square of their number."""


class PlainConditions(SiteConditions):
    """The conditions of one test code, by their sites' numbers, and its constants by theirs. None: it is no data."""

    def __init__(self, conditions: Sequence[Data | None], constants: Sequence[Data | None]) -> None:
        self._conditions, self._constants = conditions, constants
        self._cache: dict[int, Any] = {}

    def decode(self, form: codec.Form) -> Any:
        if not is_plain(form):
            raise OutOfReach
        return codec.decode(form)

    def value(self, form: codec.Form) -> Any:
        """Decode a form that has a value.

        Raises:
            OutOfReach: it has none, or no plain one.
        """
        try:
            return self.decode(form)
        except codec.BadForm:
            raise OutOfReach from None

    def constant(self, number: int) -> Any:
        if number not in self._cache:
            data = self._constants[number]
            if data is None:
                raise OutOfReach
            self._cache[number] = self.decode(data[1])
        return self._cache[number]

    def evaluate_calls(self, site: Site, calls: object, awaited: object) -> NoReturn:
        raise OutOfReach

    def _is_vacuous(self, site: Site, values: object, constants: object) -> bool:
        return False  # arrays are no plain values

    def _result(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> Any:
        return self._evaluate(self._data(site), values, constants)

    def _data(self, site: Site) -> Data:
        data = self._conditions[site.number]
        if data is None:
            raise OutOfReach
        return data

    def _evaluate(self, data: Data, values: Sequence[Any], constants: Sequence[Any]) -> Any:
        def of(part: Data) -> Any:
            return self._evaluate(part, values, constants)

        match data:
            case ["value", int(number)]:
                return values[number]
            case ["token", int(number)]:
                return constants[number]
            case ["constant", form]:
                return self.decode(form)
            case ["compare", str(name), left, right]:
                return _COMPARE[name](of(left), of(right))
            case ["not", part]:
                return not of(part)
            case ["abs", part]:
                return abs(of(part))
            case ["minus", left, right]:
                return of(left) - of(right)
            case ["and" | "or" as word, *parts]:
                return self._joined(word, parts, of)
            case ["assert", str(method), *parts] if method in ASSERTIONS or method in _IDENTITY:
                return _assert(method, [of(part) for part in parts])
        raise OutOfReach

    def _joined(self, word: str, parts: Sequence[Data], of: Callable[[Data], Any]) -> Any:
        value: Any = None
        for part in parts:
            value = of(part)
            if bool(value) is (word == "or"):
                break
        return value

    def _sides(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> tuple[str, str, str]:
        def shown(part: Data) -> str:
            return excerpt(self._evaluate(part, values, constants), SHOWN_CHARACTERS)

        def ordered(left: Data, right: Data) -> tuple[str, str]:
            first, second = (left, right) if _has_value(left) or not _has_value(right) else (right, left)
            return shown(first), shown(second)

        match self._data(site):
            case ["compare", "Lt" | "LtE", ["abs", ["minus", left, right]], by]:
                got, expected = ordered(left, right)
                return "expected", got, f"{expected} within {shown(by)}"
            case ["compare", str(name), left, right]:
                return _WORDS[name], *ordered(left, right)
            case ["assert", _, left, right, *_]:
                return "expected", *ordered(left, right)
        raise ValueError("no two sides")


def _has_value(data: Any) -> bool:
    return isinstance(data, list) and (
        data[:1] == ["value"] or (data[:1] != ["constant"] and any(map(_has_value, data)))
    )


def _assert(method: str, arguments: list[Any]) -> None:
    if method == "assertCountEqual" and any(len(each) > _MAX_COUNTED for each in arguments):
        raise OutOfReach
    if any(type(each) is not int or each not in PLACES for each in arguments[2:]):
        raise OutOfReach
    getattr(UnittestAssertions(), method)(*arguments)
