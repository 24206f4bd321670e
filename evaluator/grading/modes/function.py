"""function mode: the jail calls the submission's function; its result crosses as typed plain data and is compared here.

The harness is assumed hostile once the submission is loaded: whatever it hands back is only what the program
answers, and no expected value is ever in its reach.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pydantic import JsonValue

from evaluator.checking.match import SHOWN, Match
from evaluator.checking.plain import numbers_in_ranges, plain
from evaluator.checking.registry import compare_value, first_match, spare_bytes
from evaluator.checking.text import far_longer, has_far_more_elements
from evaluator.confinement import OverLimit
from evaluator.grading.comparison import failed_comparison, is_large, within_bounds
from evaluator.grading.context import GradingContext, GradingTask, report_of
from evaluator.grading.outcome import JudgeBroken, TestOutcome, unclean
from evaluator.grading.report import FAILURE_BYTES
from evaluator.grading.test_runner import TestRunner
from evaluator.harness import hints, values
from evaluator.harness.excerpt import excerpt, json_excerpt
from evaluator.harness.function import CALL, RESULT
from evaluator.harness.native import cpp, java, javascript
from evaluator.harness.values import NotPlain
from evaluator.schema import AnyOfChecker, FunctionSpec, JsonChecker, OneChecker, Report, Suite, TestCase, Verdict
from sandbox.build import CompileFailed
from sandbox.execution import Execution, Input, Limit, Program, PythonModule
from sandbox.toolchain import Language

_HARNESS = "evaluator.harness.function"
_SOLUTION = "solution.py"
_SHOWN_BYTES = 64 * 1024
_EXACT = JsonChecker(kind="json")
_EQUAL = compare_value(_EXACT, None, None)
"""The exact comparison's answer where there is no difference."""


def grade(context: GradingContext, task: GradingTask) -> Report:
    """Grade a submission by the values that its function returns."""
    suite = task.suite
    with contextlib.ExitStack() as open_programs:
        built = None
        if task.language.name == "python":
            program = build(task.code)
        else:
            main, others = sources(task.language, task.code, suite)
            built = open_programs.enter_context(context.sandbox.build(task.language, main, task.limits, others))
            program = harnessed(task.language, built.program)
        runner = TestRunner(
            context.sandbox,
            program,
            task.limits,
            input_of=giving(suite),
            expected_of=lambda _: b"",  # what it writes is not what counts
            judge=judging(suite),
            policy=task.submission.policy,
            shared=context.may_share(program, suite),
        )
        return report_of(task, context.run_tests(task, runner), built)


def build(code: bytes) -> Program:
    """The harness with the submission beside it; each test adds its call."""
    return PythonModule((_HARNESS,), {_SOLUTION: code}, collect=(RESULT,))


def sources(language: Language, code: bytes, suite: Suite) -> tuple[bytes, Mapping[str, bytes]]:
    """The main source of a submission in another language with its harness, and those beside it.

    Raises:
        JudgeBroken: what the suite asks for has no form in the language.
    """
    spec = suite.function
    assert spec is not None
    types = () if spec.types is None else spec.types.params
    kinds = [] if spec.types is None else hints.named(*types, spec.types.returns)
    if language.extension in ("js", "ts"):
        return code, {}
    if language.extension == "java":
        return java.sources(code, language.file_name, prelude=spec.prelude, kinds=kinds)
    inputs = tuple(test.input for test in suite.tests)
    function = cpp.Function(spec.name, inputs, spec.style == "operations", spec.answer, types)
    try:
        return cpp.join(code, function, prelude=spec.prelude, kinds=kinds), {}
    except cpp.NotInLanguage as error:
        raise JudgeBroken(str(error)) from error


def harnessed(language: Language, program: Program) -> Program:
    """The program built of those sources, as each test needs it."""
    files = program.files
    if language.extension in ("js", "ts"):
        files = javascript.around(files, language.artefact if language.compile else language.source)
    return dataclasses.replace(program, files=files, collect=(RESULT,))


def giving(suite: Suite) -> Callable[[int], Input]:
    """Return a function that gives a test's call, by the test's number, as the harness reads it."""
    assert suite.function is not None
    tests, call = suite.tests, json.dumps(_call(suite.function)).encode()
    return lambda number: Input(files={CALL: b'%b, "arguments": %b}' % (call[:-1], tests[number].arguments)})


def judging(suite: Suite) -> Callable[[int, Execution], TestOutcome]:
    """Return a function that judges one call, by its test's number. It

    Raises:
        CompileFailed: Python's parser refused the program.
    """
    tests, exact = suite.tests, isinstance(suite.effective_checker, JsonChecker)
    spare = spare_bytes(suite.value_checker)

    def judged(number: int, execution: Execution) -> TestOutcome:
        result, test = execution.collected.get(RESULT, b""), tests[number]
        if RESULT in execution.oversize:
            return TestOutcome.stopped(execution, Limit.OUTPUT)
        if exact and execution.clean and _is_written_as(result, test.returned):
            return TestOutcome.compared(execution, test.output, _EQUAL, strict=True, result=result)
        if reason := _excess(result, test.returned, spare):
            if not execution.clean:
                return unclean(execution)
            return TestOutcome.compared(execution, result[:_SHOWN_BYTES], Match.no(reason), strict=False)
        read = partial(_read, execution, result, test, suite)
        if not is_large(result):
            return read()
        try:
            return within_bounds(lambda: _light(read()), len(test.returned))._replace(execution=execution)
        except OverLimit as error:
            too_long = Match.no(f"comparing the result took {error}")
            return TestOutcome.compared(execution, result[:_SHOWN_BYTES], too_long, strict=False)

    return judged


def _light(outcome: TestOutcome) -> TestOutcome:
    """An outcome with no more of the result than a report shows."""
    output, execution = outcome.output, outcome.execution._replace(stdout=b"", stderr=b"", collected={})
    if not isinstance(output, bytes) and (shown := json_excerpt(output, FAILURE_BYTES)) is not output:
        output = str(shown).encode()
    return outcome._replace(execution=execution, output=output)


def _excess(result: bytes, expected: bytes, spare: int) -> str | None:
    """Return why a result need not be read, since no right one is so long; None where one may be."""
    if far_longer(result, expected, spare):
        return f"the result has {len(result)} bytes, far more than the expected value"
    if has_far_more_elements(result, expected, spare):
        return "the result holds far more elements than the expected value"
    return None


def _read(execution: Execution, result: bytes, test: TestCase, suite: Suite) -> TestOutcome:
    """The outcome of what the harness wrote, or the program in its place."""
    answer = _parsed(result)
    if "syntax_error" in answer:
        raise CompileFailed(_text(answer["syntax_error"]), execution.cpu_s)
    if not execution.clean:
        return unclean(execution)
    if "value" not in answer:
        return _without_value(execution, answer)
    # Each number of the expected value takes two characters at least. The program may have written the name in escapes.
    may_have_range = b"range" in result or b"\\" in result
    if may_have_range and numbers_in_ranges(answer["value"]) > len(test.returned):
        reason = "the result holds a range of more numbers than expected"
        return TestOutcome.compared(execution, result[:_SHOWN_BYTES], Match.no(reason), strict=False)
    return _compared(execution, answer["value"], test, suite)._replace(result=result)


def _is_written_as(result: bytes, expected: bytes) -> bool:
    """Return whether the harness wrote just what is expected, so that nothing need be parsed. An expected object could
    be the form of another type; and nothing equals what is not a number."""
    return b"{" not in expected and b"NaN" not in expected and result == b'{"value": %b}' % expected


def _compared(execution: Execution, form: Any, test: TestCase, suite: Suite) -> TestOutcome:
    """The outcome of a result in the form in which it crossed."""
    checker = suite.value_checker
    any_of = isinstance(suite.checker, AnyOfChecker)
    expected = test.output if any_of and isinstance(test.output, list) else [test.output]
    try:
        match, exact = _matches(checker, form, expected)
    except MemoryError:  # of the process that compares: with the expected output it would end alike
        raise
    except Exception as error:
        exact = False
        match = failed_comparison(error, lambda: _matches(checker, values.encode(expected[0]), expected)[0])
    return TestOutcome.compared(execution, _shown(form), match, strict=exact)


def _matches(checker: OneChecker, form: Any, expected: list[JsonValue]) -> tuple[Match, bool]:
    """Compare a result. Returns how it matches, and whether exact comparison accepts it too."""
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
    """The part that all calls have in common."""
    return {
        "name": function.name,
        "style": function.style,
        "types": None if function.types is None else function.types.model_dump(),
        "answer": function.answer,
        "prelude": function.prelude,
    }


def _parsed(result: bytes) -> dict[str, Any]:
    """Parse what the harness wrote; nothing where a program wrote nonsense in its place."""
    try:
        answer = json.loads(result)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _without_value(execution: Execution, answer: dict[str, Any]) -> TestOutcome:
    if "not_plain" in answer:
        reason = f"the result holds a {_text(answer['not_plain'])}"
        return TestOutcome.compared(execution, None, Match.no(reason), strict=False)
    if "missing" in answer:
        return TestOutcome(
            Verdict.RUNTIME_ERROR, execution, f"no function or method {_text(answer['missing'])} is defined"
        )
    return TestOutcome(Verdict.RUNTIME_ERROR, execution, "the program ended before the function returned")


def _text(value: Any) -> str:
    """Read what should be a text, but was written where a program could write it."""
    return value if isinstance(value, str) else excerpt(value, SHOWN)
