"""A suite: tests, how to judge them, and limits."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, SerializeAsAny, model_validator
from pydantic_core import to_json

from evaluator.schema.base import Limits, Mode, Utf8, Wire, bytes_of
from evaluator.schema.checkers import (
    TEXT_ONLY_CHECKERS,
    AnyOfChecker,
    CheckerSpec,
    JsonChecker,
    OneChecker,
    ProgramChecker,
    ProgramSource,
    TokensChecker,
    UnorderedChecker,
)

_JSON, _TOKENS = JsonChecker(kind="json"), TokensChecker(kind="tokens")
_MOST_DIGITS = 4300
"""Of an integer that Python reads and writes."""
_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else ord(" ") for byte in range(256))
"""For ``bytes.translate``: every digit as 0, all else as a blank."""
_DEEPEST = 100
"""Lists and objects in each other that a test's values may have. What they travel in adds some, and the parser's own
limit is 200."""


class TestCase(Wire):
    """One input and what is expected of it. Its bytes are kept once they were asked for: a suite judges many programs.

    In modes stdio and interactive both are text; in mode function ``input`` is the list of arguments (or an object of
    named ones) and ``output`` the value; in mode program a test is a ``test_code``.
    """

    __test__ = False  # not a class of tests, whatever pytest thinks of its name

    # As any: nothing is left to check when it is written, which for JsonValue takes three times as long.
    input: SerializeAsAny[JsonValue] = None
    output: SerializeAsAny[JsonValue] = None
    test_code: Utf8 | None = None
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    name: Utf8 | None = None

    @cached_property
    def stdin(self) -> bytes:
        """The input in stdio mode."""
        return bytes_of(self.input)

    @cached_property
    def arguments(self) -> bytes:
        """The input in function mode, as JSON."""
        return json.dumps(self.input).encode()

    @cached_property
    def returned(self) -> bytes:
        """The expected value in function mode, as JSON."""
        return json.dumps(self.output).encode()

    @property
    def expected(self) -> bytes:
        """The expected output in stdio mode."""
        return bytes_of(self.output)

    @cached_property
    def alternatives(self) -> tuple[bytes, ...]:
        """The expected outputs in stdio mode, where any of several will do."""
        output = self.output
        return tuple(map(bytes_of, output)) if isinstance(output, list) else (bytes_of(output),)


class FunctionTypes(Wire):
    """What arguments and result are where JSON does not tell: ``ListNode``, ``TreeNode``, ``list[ListNode]``,
    ``RandomNode`` (list with random pointers), ``NaryNode``, ``GraphNode``; anything else is left as it is."""

    params: tuple[Utf8, ...] = ()
    returns: Utf8 | None = None


class FunctionSpec(Wire):
    """Which function of the submission to call, and how."""

    name: Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=200)]
    types: FunctionTypes | None = None
    """By default as the function's own type hints say."""
    style: Literal["call", "operations"] = "call"
    """``operations``: ``name`` is a class; a test's input is ``[[names], [arguments]]``, the first of which make the
    object; its output has one value for each."""
    answer: Annotated[int, Field(ge=0)] | None = None
    """Which argument, counted from 0, holds the answer after the call; by default what is returned does."""
    prelude: bool = True
    """Give the program the imports that LiveCodeBench supplies."""


class ProgramSpec(Wire):
    """Test code of the suite's author: assertions, ``check(candidate)``, unittest or pytest functions."""

    test_code: Utf8 | None = None
    """Where absent, each test has its own."""
    entry_point: Annotated[Utf8, Field(max_length=200)] | None = None
    apart: Literal["auto"] | bool = "auto"
    """Python: ``true``: the tests run in a process of their own and call the program's functions with plain values;
    ``false``: they run in the program's process, and what they compare is judged outside of it (sealed); ``auto``: the
    first where the tests' text allows it, else the second."""
    prelude: bool = False
    """Python: give the program the imports that LiveCodeBench supplies."""
    reference: Utf8 | None = None
    """Python: a program that passes these tests. It fixes what must be reached, before any submission is seen."""


class Interactor(ProgramSource):
    """The program that a submission talks with."""


class Suite(Wire):
    """Tests, how to judge, and limits. Immutable; named by the SHA-256 of its canonical form."""

    mode: Mode
    tests: tuple[TestCase, ...] = ()
    function: FunctionSpec | None = None
    program: ProgramSpec | None = None
    """Mode program: may be left out where each test has its own ``test_code``."""
    interactor: Interactor | None = None
    checker: CheckerSpec | None = None
    limits: Limits = Limits()
    isolation: Literal["shared", "per_test"] = Field(
        "shared",
        description="shared: a process may run several light tests of a submission; a test that fails there runs again "
        "in a process of its own, and if it passes there, all tests do; per_test: each test has its own process",
    )

    @model_validator(mode="before")
    @classmethod
    def _program_of_tests(cls, data: Any) -> Any:
        """``program`` may be left out where each test has its ``test_code``."""
        if isinstance(data, dict) and data.get("mode") == "program" and data.get("tests"):
            return {**data, "program": {}} if data.get("program") is None else data
        return data

    @model_validator(mode="after")
    def _mode_has_what_it_needs(self) -> Self:
        for mode, field in (("function", self.function), ("program", self.program), ("interactive", self.interactor)):
            part = "interactor" if mode == "interactive" else mode
            if self.mode == mode and field is None:
                raise ValueError(f'mode "{mode}" needs "{part}": {{...}}')
            if self.mode != mode and field is not None:
                raise ValueError(f'"{part}" has no meaning in mode "{self.mode}"')
        if self.mode != "program" and not self.tests:
            raise ValueError(f'mode "{self.mode}" needs at least one test')
        _check_weights(self)
        _CHECKS[self.mode](self)
        return self

    @property
    def effective_checker(self) -> CheckerSpec:
        """The checker given, or the mode's default."""
        if self.checker is not None:
            return self.checker
        return self._default_checker

    @property
    def _default_checker(self) -> OneChecker:
        return _JSON if self.mode == "function" else _TOKENS

    @property
    def value_checker(self) -> OneChecker:
        """What compares one expected output with the program's: ``any_of`` looked through.

        Raises:
            TypeError: a program decides.
        """
        checker = self.effective_checker
        if isinstance(checker, AnyOfChecker):
            return checker.checker or self._default_checker
        if isinstance(checker, ProgramChecker):
            raise TypeError("a program decides")
        return checker

    def canonical(self) -> bytes:
        """The form that is hashed: sorted keys, no blanks, UTF-8, fields at their defaults left out.

        Leaving defaults out keeps a suite's name when a later version adds an optional field.
        """
        data = self.model_dump(exclude_defaults=True)
        return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @property
    def id(self) -> str:
        """``sha256:`` and 64 hexadecimal digits."""
        return "sha256:" + hashlib.sha256(self.canonical()).hexdigest()

    def under(self, name: str) -> Suite | None:
        """This suite if that is its id, with or without ``sha256:``, or if it was before ``program.apart`` knew "auto":
        then as one that does not say ``apart``. ``true`` was the default, and so no part of a name."""
        program = self.program
        candidates = [self]
        if program is not None and program.apart is True:
            silent = program.model_copy(update={"apart": "auto"})
            candidates.append(self.model_copy(update={"program": silent}))
        wanted = name.removeprefix("sha256:")
        return next((suite for suite in candidates if suite.id.removeprefix("sha256:") == wanted), None)


def _check_weights(suite: Suite) -> None:
    try:
        math.fsum(test.weight for test in suite.tests)
    except OverflowError as error:
        raise ValueError("the tests' weights together are too large: divide each by the same number") from error


def _check_text(suite: Suite) -> None:
    checker = suite.checker
    alternatives = isinstance(checker, AnyOfChecker)
    inner = checker.checker if isinstance(checker, AnyOfChecker) else checker
    if isinstance(inner, UnorderedChecker) and (inner.of == "elements" or inner.nested):
        raise ValueError('"unordered" of elements compares results; in mode "stdio" use "lines" or "tokens"')
    for index, test in enumerate(suite.tests):
        _check_bytes(test.input, f"tests[{index}].input", suite.mode)
        for where, output in _outputs(test.output, f"tests[{index}].output", alternatives):
            data = _check_bytes(output, where, suite.mode)
            if isinstance(inner, JsonChecker):
                _check_is_json(data, where)


def _outputs(output: JsonValue, where: str, alternatives: bool) -> Iterator[tuple[str, JsonValue]]:
    """Yield each output that is accepted, with where it stands."""
    if not alternatives:
        yield where, output
        return
    if not (isinstance(output, list) and output):
        raise ValueError(f"{where} must be the list of what is accepted, one or more, with checker any_of")
    for number, each in enumerate(output):
        yield f"{where}[{number}]", each


def _check_bytes(value: JsonValue, where: str, mode: Mode) -> bytes:
    try:
        return bytes_of(value)
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{where} holds half of a surrogate pair ({error.object[error.start]!a}), for which UTF-8 has no "
            'bytes: write the whole character, or the bytes as {"base64": ...}'
        ) from error
    except ValueError as error:
        raise ValueError(f'{where} must be a string or {{"base64": ...}} in mode "{mode}"') from error


def _check_is_json(data: bytes, where: str) -> None:
    try:
        json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f'{where} is not JSON ({error}), with which checker "json" compares: write it as JSON, or use "tokens"'
        ) from error


def _check_function(suite: Suite) -> None:
    checker, function = suite.checker, suite.function
    assert function is not None
    inner = checker.checker if isinstance(checker, AnyOfChecker) else checker
    of_text = isinstance(inner, UnorderedChecker) and inner.of in ("lines", "tokens")
    if inner is not None and (of_text or isinstance(inner, TEXT_ONLY_CHECKERS)):
        raise ValueError(f'checker "{inner.kind}" compares text; in mode "function" use "json", "float" or "unordered"')
    for index, test in enumerate(suite.tests):
        given = test.input
        if not isinstance(given, list | dict):
            raise ValueError(f'tests[{index}].input must be the list of arguments in mode "function"')
        _check_value(given, f"tests[{index}].input")
        for where, output in _outputs(test.output, f"tests[{index}].output", isinstance(checker, AnyOfChecker)):
            _check_value(output, where)
        if function.style == "operations" and not _are_operations(given):
            raise ValueError(f"tests[{index}].input must be [[names], [lists of arguments]] with style operations")
        if function.style == "call" and function.answer is not None and function.answer >= len(given):
            raise ValueError(
                f"function.answer is {function.answer}, and tests[{index}].input has {len(given)} arguments, which are "
                "counted from 0"
            )


def _check_value(value: JsonValue, where: str) -> None:
    """Refuse a value that could not be written as JSON and read again."""
    try:
        text = to_json(value, inf_nan_mode="constants")  # five times as fast as json, which says what is wrong
    except ValueError:
        text = b""
    long_number = len(text) > _MOST_DIGITS and b"0" * (_MOST_DIGITS + 1) in text.translate(_DIGITS)
    if not text or long_number or b"NaN" in text or b"Infinity" in text:
        _check_with_json(value, where)
    if text.count(b"[") + text.count(b"{") > _DEEPEST and _nests_deeper(value):
        raise ValueError(f"{where} nests more than {_DEEPEST} deep")


def _check_with_json(value: JsonValue, where: str) -> None:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise ValueError(f"{where} holds half of a surrogate pair ({half}), for which UTF-8 has no bytes") from error
    except RecursionError as error:
        raise ValueError(f"{where} nests more than {_DEEPEST} deep") from error
    except ValueError as error:
        raise ValueError(
            f"{where} holds a number that JSON cannot carry ({error}): leave the test out, or write it as a test_code "
            'in mode "program"'
        ) from error


def _nests_deeper(value: JsonValue) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, list | dict)
        ]
        if not level:
            return False
    return True


def _are_operations(value: JsonValue) -> bool:
    match value:
        case [list(names), list(arguments)]:
            named = all(isinstance(name, str) and name.isidentifier() for name in names)
            return named and 0 < len(names) == len(arguments) and all(isinstance(given, list) for given in arguments)
        case _:
            return False


def _check_program(suite: Suite) -> None:
    assert suite.program is not None
    if suite.checker is not None:
        raise ValueError('"checker" has no meaning in mode "program": the test code decides')
    if suite.program.test_code is None and not suite.tests:
        raise ValueError('mode "program" needs "program": {"test_code": ...}, or tests with a test_code each')
    if suite.program.test_code is not None and suite.tests:
        raise ValueError('give either program.test_code or "tests", not both')
    for index, test in enumerate(suite.tests):
        if test.test_code is None:
            raise ValueError(f'tests[{index}].test_code must be given in mode "program"')


def _check_interactive(suite: Suite) -> None:
    if suite.checker is not None:
        raise ValueError('"checker" has no meaning in mode "interactive": the interactor decides')
    for index, test in enumerate(suite.tests):
        _check_bytes(test.input, f"tests[{index}].input", suite.mode)
        if test.output is not None:
            _check_bytes(test.output, f"tests[{index}].output", suite.mode)


_CHECKS = {
    "stdio": _check_text,
    "function": _check_function,
    "program": _check_program,
    "interactive": _check_interactive,
}
