"""The conditions of a suite's assertions, evaluated on values that a submission sent.

The values are hostile but plain: instances of library types, made here (``evaluator.forms``). What that costs is
bounded by whoever runs this. A condition that fails on a value in any way does not hold.
"""

from __future__ import annotations

import ast
import importlib
import pathlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import CodeType
from typing import Any, NamedTuple

from evaluator.forms.codec import BadForm, Form, Raised, decode
from evaluator.harness.excerpt import excerpt
from evaluator.judging.assertions import UnittestAssertions
from evaluator.judging.vacuous import compares_elements, is_vacuous
from evaluator.sealing.sealed import Sealed, Site

_VALUES, _TOKENS, _ASSERTIONS = "_v", "_t", "_tc"
"""The names of the values sent, the suite's constants, and the ``self`` of a TestCase's assertions in conditions."""
SHOWN_CHARACTERS = 300
EXPECTED = {
    ast.Eq: "expected",
    ast.Is: "expected",
    ast.NotEq: "expected anything but",
    ast.IsNot: "expected anything but",
    ast.Lt: "expected less than",
    ast.LtE: "expected at most",
    ast.Gt: "expected more than",
    ast.GtE: "expected at least",
    ast.In: "expected one of",
    ast.NotIn: "expected none of",
}


class Failure(NamedTuple):
    """The failure of a condition: the sentence that reports show, and the texts of both sides if it has two."""

    reason: str
    got: str | None = None
    expected: str | None = None


class OutOfReach(Exception):
    """A condition or value that somebody else has to evaluate."""


class _LeafRaised(Exception):
    """The condition reached a value in whose place an exception was raised; the message is its class's name."""


class _Leaves:
    """The values, by their places."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values

    def __getitem__(self, place: int) -> Any:
        value = self._values[place]
        if type(value) is Raised:
            raise _LeafRaised(_class_name(value))
        return value


class _Condition(NamedTuple):
    code: CodeType
    elementwise: ast.expr | None
    """The condition, where it may hold of an empty array for want of elements."""


class SiteConditions(ABC):
    """The conditions of one test code. Whoever evaluates them says how."""

    def evaluate(self, site: Site, values: Sequence[Any], tokens: Sequence[int]) -> Failure | None:
        """Evaluate a site's condition on values, and on constants by their numbers. Returns None where it holds."""
        try:
            constants = [self.constant(number) for number in tokens]
            if self._is_vacuous(site, values, constants):
                return Failure(f"{site.text}: got an empty array")
            result = self._result(site, values, constants)
            holds = bool(site.statement or result)
        except AssertionError:
            holds = False
        except _LeafRaised as error:
            return Failure(f"{site.text}: {error} was raised")
        except BadForm as error:
            return Failure(f"{site.text}: {error}")
        except RecursionError:
            return Failure(f"{site.text}: the value nests too deeply")
        except MemoryError:
            return Failure(f"{site.text}: the value is too large to compare")
        except OutOfReach:
            raise
        except Exception as error:
            return Failure(f"{site.text}: comparing {_leaves_text(values)} raised {type(error).__name__}")
        return None if holds else self._describe(site, values, constants)

    @abstractmethod
    def decode(self, form: Form) -> Any:
        """The value of a form that a submission's process sent.

        Raises:
            BadForm: it has none.
        """

    @abstractmethod
    def constant(self, number: int) -> Any:
        """The value of a constant of the suite, by its number.

        Raises:
            Exception: whatever evaluating it raises.
        """

    @abstractmethod
    def evaluate_calls(
        self, site: Site, calls: Sequence[tuple[Any, Any]], awaited: Sequence[tuple[Any, Any]]
    ) -> Failure | None:
        """Evaluate a condition about how a mock was called, and awaited: each time by arguments and named ones."""

    @abstractmethod
    def _is_vacuous(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> bool:
        """Tell whether the condition could only hold for want of elements."""

    @abstractmethod
    def _result(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> Any:
        """The condition's value for these; it may raise anything."""

    @abstractmethod
    def _sides(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> tuple[str, str, str]:
        """The texts of both sides of a condition, and what is said between.

        Raises:
            ValueError: it has not two sides.
        """

    def _describe(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> Failure:
        """Say what does not hold: by both sides where the condition has two, else by the values."""
        try:
            words, got, expected = self._sides(site, values, constants)
        except Exception:
            return Failure(f"{site.text}: got {_leaves_text(values)}")
        return Failure(f"{site.text}: got {got}, {words} {expected}", got, expected)


class Conditions(SiteConditions):
    """All conditions of one test code. Each is compiled, and each constant evaluated, when it is first used."""

    def __init__(self, sealed: Sealed) -> None:
        self._tokens = sealed.tokens
        self._names: dict[str, Any] = {"pathlib": pathlib, _ASSERTIONS: UnittestAssertions()}
        self._conditions: dict[int, _Condition] = {}
        self._constants: dict[int, Any] = {}
        self.missing: list[str] = []
        """Modules that conditions want to import and that are not here. What needs one fails."""
        for statement in sealed.imports:
            try:
                exec(statement, self._names)
            except ModuleNotFoundError as error:
                self.missing.append(str(error.name))
            except Exception:  # it needs one of those
                continue

    def decode(self, form: Form) -> Any:
        return decode(form)

    def constant(self, number: int) -> Any:
        if number not in self._constants:
            self._constants[number] = eval(self._tokens[number], dict(self._names))
        return self._constants[number]

    def evaluate_calls(
        self, site: Site, calls: Sequence[tuple[Any, Any]], awaited: Sequence[tuple[Any, Any]]
    ) -> Failure | None:
        library = importlib.import_module("unittest.mock")  # what takes longer to import than most suites to judge
        mock = library.AsyncMock() if awaited else library.Mock()
        for arguments, named in calls:
            result = mock(*arguments, **named)
            if awaited:
                _finish(result)
        return self.evaluate(site, [mock], ())

    def _condition(self, site: Site) -> _Condition:
        if site.number not in self._conditions:
            assert site.condition is not None
            code = compile(site.condition, "<condition>", "eval", dont_inherit=True)
            elementwise = ast.parse(site.condition, mode="eval").body if compares_elements(site.condition) else None
            self._conditions[site.number] = _Condition(code, elementwise)
        return self._conditions[site.number]

    def _is_vacuous(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> bool:
        elementwise = self._condition(site).elementwise
        return elementwise is not None and is_vacuous(elementwise, values, constants)

    def _result(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> Any:
        self._names[_VALUES], self._names[_TOKENS] = _Leaves(values), constants
        return eval(self._condition(site).code, self._names)

    def _sides(self, site: Site, values: Sequence[Any], constants: Sequence[Any]) -> tuple[str, str, str]:
        assert site.condition is not None
        match ast.parse(site.condition, mode="eval").body:
            case ast.Compare(
                ast.Call(ast.Name("abs"), [ast.BinOp(left, ast.Sub(), right)]), [ast.Lt() | ast.LtE()], [by]
            ):
                got, expected = self._ordered(left, right)
                return "expected", got, f"{expected} within {self._shown(by)}"
            case ast.Compare(left, [operator], [right]):
                return EXPECTED[type(operator)], *self._ordered(left, right)
            case ast.Call(_, [left, right, *_]):
                return "expected", *self._ordered(left, right)
        raise ValueError("no two sides")

    def _ordered(self, left: ast.expr, right: ast.expr) -> tuple[str, str]:
        """The texts of what was sent and of what the suite says, whichever stands first."""
        first, second = (left, right) if _has_value(left) or not _has_value(right) else (right, left)
        return self._shown(first), self._shown(second)

    def _shown(self, node: ast.expr) -> str:
        return excerpt(eval(compile(ast.Expression(node), "<side>", "eval"), self._names), SHOWN_CHARACTERS)


def _has_value(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Name) and each.id == _VALUES for each in ast.walk(node))


def _leaves_text(values: Sequence[Any]) -> str:
    texts = [_class_name(each) if type(each) is Raised else excerpt(each, SHOWN_CHARACTERS) for each in values]
    return " and ".join(texts)[: 2 * SHOWN_CHARACTERS]


def _class_name(raised: Raised) -> str:
    return raised.names[0] if raised.names else "an exception"


def _finish(coroutine: Any) -> None:
    """Run a mock's coroutine, which waits for nothing, to its end."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
