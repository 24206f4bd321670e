"""The suite: tests, the rules by which they are judged, and limits."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, SerializeAsAny, model_validator

from evaluator.schema.base import Argument, Limits, Mode, Utf8, Wire, bytes_of
from evaluator.schema.checkers import (
    TEXT_ONLY_CHECKERS,
    AnyOfChecker,
    CheckerSpec,
    IcpcDefaultChecker,
    JsonChecker,
    LcbChecker,
    OneChecker,
    ProgramChecker,
    ProgramSource,
    TokensChecker,
    UnorderedChecker,
)
from evaluator.schema.json_values import are_operations, check_value

_JSON, _TOKENS = JsonChecker(kind="json"), TokensChecker(kind="tokens")
MAX_PASSES = 100


class TestCase(Wire):
    """One input with its expected output. The bytes are cached, since a suite judges many programs.

    In modes stdio and interactive both are text; in mode function ``input`` is the list of arguments (or an object of
    named ones) and ``output`` the value; in mode program a test is a ``test_code``.
    """

    __test__ = False  # tells pytest that this is no class of tests

    # Serialised as any value: to check it against JsonValue again would take three times as long.
    input: SerializeAsAny[JsonValue] = None
    output: SerializeAsAny[JsonValue] = None
    test_code: Utf8 | None = None
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """Share of the score. A test of weight 0 has to pass too, but counts nothing by itself."""
    name: Utf8 | None = None
    group: Utf8 | None = None
    """Tests of one group count together: their weight is part of the score once all of them pass. The suite's
    ``groups`` may say otherwise."""
    checker_args: Annotated[tuple[Argument, ...], Field(max_length=256)] | None = None
    """Arguments of the suite's checker or interactor for this test, in the place of its own."""

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
        """The expected outputs in stdio mode with checker ``any_of``: one that matches is enough."""
        output = self.output
        return tuple(map(bytes_of, output)) if isinstance(output, list) else (bytes_of(output),)


class TestGroup(Wire):
    """The share of the score that tests of one group have. The group passes if all of them do."""

    __test__ = False

    each_test: bool = False
    """Each test counts by itself; else they count together, once the group passes."""
    requires: tuple[Utf8, ...] = ()
    """Other groups that must pass before this one counts."""


class FunctionTypes(Wire):
    """The types of arguments and result that JSON lacks: ``ListNode``, ``TreeNode``, ``list[ListNode]``, ``RandomNode``
    (a list with random pointers), ``NaryNode``, ``GraphNode``; of arguments in Python also ``dict[int, ...]``. Any
    other name leaves the value as it is."""

    params: tuple[Utf8, ...] = ()
    returns: Utf8 | None = None


class FunctionSpec(Wire):
    """The function of the submission to call, and the way to call it."""

    name: Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=200)]
    types: FunctionTypes | None = None
    """By default the function's own type hints."""
    style: Literal["call", "operations"] = "call"
    """``operations``: ``name`` is a class. A test's input is ``[[names], [arguments]]``: the first pair creates the
    object, the others call its methods. The output has one value for each pair."""
    answer: Annotated[int, Field(ge=0)] | None = None
    """The number of the argument, from 0, that holds the answer after the call. By default the answer is the value that
    the function returns."""
    prelude: bool = True
    """Give the program the imports that LiveCodeBench supplies."""


class ProgramSpec(Wire):
    """Test code of the suite's author: assertions, ``check(candidate)``, unittest or pytest functions."""

    test_code: Utf8 | None = None
    """If it is left out, each test has its own."""
    entry_point: Annotated[Utf8, Field(max_length=200)] | None = None
    apart: Literal["auto"] | bool = "auto"
    """Python only. ``true``: the tests run in a process of their own and call the program's functions with plain
    values. ``false``: they run in the program's process, and the values that they compare are judged outside of it
    (sealed). ``auto``: the first if the tests' text allows it, else the second."""
    prelude: bool = False
    """Python only: give the program the imports that LiveCodeBench supplies."""
    reference: Utf8 | None = None
    """Python only: a program that passes these tests. Its runs determine, before any submission, which assertions a
    program must reach."""


class Interactor(ProgramSource):
    """The author's program with which a submission communicates."""


class Suite(Wire):
    """Tests, the rules by which they are judged, and limits. Immutable; named by the SHA-256 of its canonical form."""

    mode: Mode
    tests: tuple[TestCase, ...] = ()
    function: FunctionSpec | None = None
    program: ProgramSpec | None = None
    """Mode program only. It may be left out if each test has its own ``test_code``."""
    interactor: Interactor | None = None
    checker: CheckerSpec | None = None
    limits: Limits = Limits()
    passes: Annotated[int, Field(ge=1, le=MAX_PASSES)] = 1
    """Runs of the program for one test, at most. An ICPC validator or interactor asks for the next by accepting and
    leaving its input as ``nextpass.in`` among its feedback."""
    groups: dict[Utf8, TestGroup] = Field(default={})
    """By a group's name, its share of the score, where its tests do not simply count together."""
    rules: Literal["own", "livecodebench", "lighteval"] = "own"
    """Modes stdio and function, checker ``lcb``: run and judge programs as LiveCodeBench's evaluator does, or as
    lighteval's copy of it does."""
    isolation: Literal["shared", "per_test"] = Field(
        "shared",
        description="shared: a process may run several light tests of a submission; a test that fails there runs again "
        "in a process of its own, and if it passes there, all tests do; per_test: each test has its own process",
    )

    @model_validator(mode="before")
    @classmethod
    def _program_of_tests(cls, data: Any) -> Any:
        """Add ``program`` if it is left out, which is allowed if each test has its ``test_code``."""
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
        _check_groups(self)
        _check_checker_args(self)
        _check_passes(self)
        _check_rules(self)
        _CHECKS[self.mode](self)
        return self

    @property
    def effective_checker(self) -> CheckerSpec:
        """The suite's checker, or the mode's default."""
        if self.checker is not None:
            return self.checker
        return self._default_checker

    @property
    def _default_checker(self) -> OneChecker:
        return _JSON if self.mode == "function" else _TOKENS

    @property
    def value_checker(self) -> OneChecker:
        """The checker that compares the program's output with one expected output; for ``any_of``, the one inside.

        Raises:
            TypeError: the checker is a program.
        """
        checker = self.effective_checker
        if isinstance(checker, AnyOfChecker):
            return checker.checker or self._default_checker
        if isinstance(checker, ProgramChecker):
            raise TypeError("a program decides")
        return checker

    def canonical(self) -> bytes:
        """Return the form that is hashed: sorted keys, no blanks, UTF-8, fields at their defaults left out.

        Leaving defaults out keeps a suite's name when a later version adds an optional field.
        """
        data = self.model_dump(exclude_defaults=True)
        return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @property
    def id(self) -> str:
        """``sha256:`` and 64 hexadecimal digits."""
        return "sha256:" + hashlib.sha256(self.canonical()).hexdigest()

    def under(self, name: str) -> Suite | None:
        """Return the suite that has ``name`` as its id, with or without ``sha256:``: this one, or this one without
        ``apart``. ``true`` was the default of ``program.apart`` before "auto" came, and so no part of older ids."""
        program = self.program
        candidates = [self]
        if program is not None and program.apart is True:
            silent = program.model_copy(update={"apart": "auto"})
            candidates.append(self.model_copy(update={"program": silent}))
        digest = name.removeprefix("sha256:")
        return next((suite for suite in candidates if suite.id.removeprefix("sha256:") == digest), None)


def _check_weights(suite: Suite) -> None:
    try:
        total = math.fsum(test.weight for test in suite.tests)
    except OverflowError as error:
        raise ValueError("the tests' weights together are too large: divide each by the same number") from error
    if suite.tests and not total:
        raise ValueError("every test has weight 0: at least one must count")


def _check_groups(suite: Suite) -> None:
    """Refuse groups that require others which are not there, or each other: they could never count."""
    known = {test.group for test in suite.tests}
    requires = {name: group.requires for name, group in suite.groups.items()}
    for name, others in requires.items():
        if missing := next((each for each in (name, *others) if each not in known), None):
            raise ValueError(f"groups: no test has the group {missing!r}")
    try:
        TopologicalSorter(requires).prepare()
    except CycleError as error:
        raise ValueError(f"groups: groups require each other: {' -> '.join(error.args[1])}") from error


def _check_checker_args(suite: Suite) -> None:
    judge = suite.interactor or suite.checker
    takes_args = isinstance(judge, ProgramSource | IcpcDefaultChecker)
    for index, test in enumerate(suite.tests):
        if test.checker_args is None:
            continue
        if not takes_args:
            raise ValueError(f"tests[{index}].checker_args: the suite's checker takes no arguments")
        if isinstance(judge, IcpcDefaultChecker):
            IcpcDefaultChecker(kind="icpc_default", args=test.checker_args)


def _check_rules(suite: Suite) -> None:
    if suite.rules == "own":
        return
    style = suite.function.style if suite.function is not None else "call"
    if suite.mode not in ("stdio", "function") or not isinstance(suite.checker, LcbChecker) or style != "call":
        raise ValueError(f'rules "{suite.rules}": needs mode "stdio" or "function" (style call), and checker "lcb"')


def _check_passes(suite: Suite) -> None:
    judge = suite.interactor or suite.checker
    if suite.passes > 1 and not (isinstance(judge, ProgramSource) and judge.protocol == "icpc"):
        raise ValueError('passes: only a checker or interactor of protocol "icpc" can ask for another pass')


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
    """Yield the path and the value of each output that is accepted."""
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
        arguments = test.input
        if not isinstance(arguments, list | dict):
            raise ValueError(f'tests[{index}].input must be the list of arguments in mode "function"')
        check_value(arguments, f"tests[{index}].input")
        for where, output in _outputs(test.output, f"tests[{index}].output", isinstance(checker, AnyOfChecker)):
            check_value(output, where)
        if function.style == "operations" and not are_operations(arguments):
            raise ValueError(f"tests[{index}].input must be [[names], [lists of arguments]] with style operations")
        if function.style == "call" and function.answer is not None and function.answer >= len(arguments):
            raise ValueError(
                f"function.answer is {function.answer}, and tests[{index}].input has {len(arguments)} arguments, "
                "which are counted from 0"
            )


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
    assert suite.interactor is not None
    checker = suite.checker
    if checker is not None and not (
        isinstance(checker, ProgramChecker) and checker.protocol == suite.interactor.protocol == "testlib"
    ):
        raise ValueError(
            '"checker" has no meaning in mode "interactive": the interactor decides. Only a checker of protocol '
            '"testlib" may follow it: it judges the output.txt that the interactor writes'
        )
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
