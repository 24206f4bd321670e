"""The suite: tests, the rules by which they are judged, and limits."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, model_validator

from evaluator.schema.base import FileName, Limits, Mode, PlainFileName, Utf8, Wire, bytes_of, check_names
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
from evaluator.schema.parts import FunctionSpec, Interactor, ProgramSpec, TestCase, TestGroup

_JSON, _TOKENS = JsonChecker(kind="json"), TokensChecker(kind="tokens")
MAX_PASSES = 100


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
    input_file: PlainFileName | None = None
    """Mode stdio: the file that has a test's input, in the place of stdin."""
    output_file: PlainFileName | None = None
    """Mode stdio: the file that the program leaves its output in, in the place of stdout."""
    include: dict[Utf8, dict[FileName, Utf8]] = Field(default={}, max_length=64)
    """By a language, or ``default`` for all others: sources that belong to each program, over its own of those names.
    One that has the language's main name starts it; the program's own text is ``solution`` then."""
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
        _check_files(self)
        _CHECKS[self.mode](self)
        return self

    @cached_property
    def has_files(self) -> bool:
        """True if a run has more than stdin and stdout: files, or arguments."""
        named = self.input_file is not None or self.output_file is not None
        return named or any(test.files or test.args for test in self.tests)

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


def _check_files(suite: Suite) -> None:
    """Refuse files and arguments where no program of its own is run, and files that cannot lie beside each other."""
    if suite.mode not in ("stdio", "interactive") and (suite.has_files or suite.include):
        raise ValueError(f'files, args, include: have no meaning in mode "{suite.mode}"')
    if suite.mode != "stdio" and (suite.input_file or suite.output_file):
        raise ValueError(f'input_file, output_file: have no meaning in mode "{suite.mode}"')
    for included in suite.include.values():
        check_names(included)
    for test in suite.tests:
        check_names(test.files)
        if suite.input_file in test.files:
            raise ValueError(f"files: {suite.input_file!r} is the suite's input_file, which has the test's input")


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
