"""function mode: the jail calls the submission's function; its result crosses as typed plain data and is compared here.

The harness is assumed hostile once the submission is loaded: whatever it hands back is only what the program
answers, and no expected value is ever in its reach.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from evaluator.checking.match import SHOWN, Match
from evaluator.checking.plain import numbers_in_ranges, plain
from evaluator.checking.registry import compare_value, first_match, spare_bytes
from evaluator.checking.text import far_longer
from evaluator.grading.comparison import failed_comparison
from evaluator.grading.outcome import JudgeBroken, Outcome, unclean
from evaluator.harness import native, structures, values
from evaluator.harness.excerpt import excerpt
from evaluator.harness.function import CALL, RESULT
from evaluator.harness.values import NotPlain
from evaluator.schema import (
    AnyOfChecker,
    FunctionSpec,
    JsonChecker,
    OneChecker,
    Suite,
    TestCase,
    Verdict,
)
from sandbox.execution import Execution, Input, Limit, Program
from sandbox.sandbox import CompileFailed
from sandbox.toolchain import Language

_HARNESS = "evaluator.harness.function"
_SOLUTION = "solution.py"
_SHOWN_BYTES = 64 * 1024
_EXACT = JsonChecker(kind="json")
_EQUAL = compare_value(_EXACT, None, None)
"""What it says where there is no difference."""


def build(code: bytes) -> Program:
    """The harness with the submission beside it; each test adds its call."""
    return Program((_HARNESS,), {_SOLUTION: code}, python=True, module=True, collect=(RESULT,))


def join(language: Language, code: bytes, suite: Suite) -> bytes:
    """One source of a submission in another language and the harness behind it.

    Raises:
        JudgeBroken: what the suite asks for has no form in the language.
    """
    function = suite.function
    assert function is not None
    kinds = [] if function.types is None else structures.named(*function.types.params, function.types.returns)
    if language.extension in ("js", "ts"):
        return native.javascript(code, function.name, kinds)
    if language.extension == "java":
        return native.java(code, prelude=function.prelude, kinds=kinds)
    operations = None
    if function.style == "operations":
        operations = native.Operations.of(test.input for test in suite.tests)
    try:
        return native.cpp(code, function.name, prelude=function.prelude, kinds=kinds, operations=operations)
    except native.NotInLanguage as error:
        raise JudgeBroken(str(error)) from error


def harnessed(program: Program) -> Program:
    """What was built of a joined source, as each test needs it."""
    return dataclasses.replace(program, collect=(RESULT,))


def giving(suite: Suite) -> Callable[[int], Input]:
    """What gives a test's call, by the test's number, as the harness reads it."""
    assert suite.function is not None
    tests, call = suite.tests, json.dumps(_call(suite.function)).encode()
    return lambda number: Input(files={CALL: b'%b, "arguments": %b}' % (call[:-1], tests[number].arguments)})


def judging(suite: Suite) -> Callable[[int, Execution], Outcome]:
    """What tells the outcome of one call, by its test's number. It

    Raises:
        CompileFailed: Python's parser refused the program.
    """
    tests, exact = suite.tests, isinstance(suite.effective_checker, JsonChecker)
    spare = spare_bytes(suite.value_checker)

    def judged(number: int, execution: Execution) -> Outcome:
        result, test = execution.collected.get(RESULT, b""), tests[number]
        if RESULT in execution.oversize:
            return Outcome.stopped(execution, Limit.OUTPUT)
        if exact and execution.clean and _is_written_as(result, test.returned):
            return Outcome.compared(execution, test.output, _EQUAL, strict=True)
        if far_longer(result, test.returned, spare):
            reason = f"the result has {len(result)} bytes, far more than the expected value"
            too_long = Outcome.compared(execution, result[:_SHOWN_BYTES], Match.no(reason), strict=False)
            return too_long if execution.clean else unclean(execution)
        answer = _parsed(result)
        if "syntax_error" in answer:
            raise CompileFailed(_text(answer["syntax_error"]), execution.cpu_s)
        if not execution.clean:
            return unclean(execution)
        if "value" not in answer:
            return _without_value(execution, answer)
        # Each number of the expected value takes two characters at least.
        if b'"range"' in result and numbers_in_ranges(answer["value"]) > len(test.returned):
            reason = "the result holds a range of more numbers than expected"
            return Outcome.compared(execution, result[:_SHOWN_BYTES], Match.no(reason), strict=False)
        return _compared(execution, answer["value"], test, suite)

    return judged


def _is_written_as(result: bytes, expected: bytes) -> bool:
    """Whether the harness wrote just what is expected, so that nothing need be parsed. Where that holds an object it
    could be the form of another type; and nothing equals what is not a number."""
    return b"{" not in expected and b"NaN" not in expected and result == b'{"value": %b}' % expected


def _compared(execution: Execution, form: Any, test: TestCase, suite: Suite) -> Outcome:
    """The outcome of a result in the form in which it crossed."""
    checker = suite.value_checker
    any_of = isinstance(suite.checker, AnyOfChecker)
    expected = test.output if any_of and isinstance(test.output, list) else [test.output]
    try:
        match, exact = _matches(checker, form, expected)
    except Exception as error:
        exact = False
        match = failed_comparison(error, lambda: _matches(checker, values.encode(expected[0]), expected)[0])
    return Outcome.compared(execution, _shown(form), match, strict=exact)


def _matches(checker: OneChecker, form: Any, expected: list[JsonValue]) -> tuple[Match, bool]:
    """How a result compares, and whether exact comparison accepts it too."""
    match = first_match([compare_value(checker, form, want) for want in expected])
    if isinstance(checker, JsonChecker):
        return match, match.accepted
    return match, any(compare_value(_EXACT, form, want).accepted for want in expected)


def _shown(form: Any) -> JsonValue:
    """The result as JSON where it has such a form."""
    try:
        return plain(form)
    except NotPlain:
        return form  # type: ignore[no-any-return]


def _call(function: FunctionSpec) -> dict[str, Any]:
    """What all calls have in common."""
    return {
        "name": function.name,
        "style": function.style,
        "types": None if function.types is None else function.types.model_dump(),
        "answer": function.answer,
        "prelude": function.prelude,
    }


def _parsed(result: bytes) -> dict[str, Any]:
    """What the harness wrote; nothing where a program wrote nonsense in its place."""
    try:
        answer = json.loads(result)
    except (ValueError, RecursionError, MemoryError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _without_value(execution: Execution, answer: dict[str, Any]) -> Outcome:
    if "not_plain" in answer:
        reason = f"the result holds a {_text(answer['not_plain'])}"
        return Outcome.compared(execution, None, Match.no(reason), strict=False)
    if "missing" in answer:
        return Outcome(Verdict.RUNTIME_ERROR, execution, f"no function or method {_text(answer['missing'])} is defined")
    return Outcome(Verdict.RUNTIME_ERROR, execution, "the program ended before the function returned")


def _text(value: Any) -> str:
    """What should be a text, but was written where a program could write it."""
    return value if isinstance(value, str) else excerpt(value, SHOWN)
