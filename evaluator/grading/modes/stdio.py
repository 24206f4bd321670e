"""stdio mode: the program is run as it is, on one input; what it writes is compared, or given to a checker."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial

from evaluator.checking.match import Match
from evaluator.checking.registry import comparison, first_match, spare_bytes
from evaluator.checking.text import far_longer
from evaluator.confinement import OverLimit
from evaluator.grading.author_program import AuthorProgram, Pass
from evaluator.grading.comparison import failed_comparison, is_large, within_bounds
from evaluator.grading.context import GradingContext, GradingTask, report_of, run_one_by_one
from evaluator.grading.outcome import TestOutcome, unclean
from evaluator.grading.passes import run_passes
from evaluator.grading.run_files import collecting, from_file, input_of, with_output
from evaluator.grading.test_runner import TestRunner
from evaluator.schema import IcpcDefaultChecker, ProgramChecker, Report, Suite
from sandbox.build import CompileFailed
from sandbox.execution import Execution, Input, Program

Comparison = Callable[[bytes, bytes], Match]


def grade(context: GradingContext, task: GradingTask) -> Report:
    """Grade a submission by what it writes to stdout."""
    suite, tests = task.suite, task.suite.tests
    with contextlib.ExitStack() as open_programs:
        built = open_programs.enter_context(context.build(task))
        checker = None
        if isinstance(suite.checker, ProgramChecker):
            checker = open_programs.enter_context(context.author_program(suite.checker))
            if suite.passes > 1:
                return report_of(task, _run_passes(context, task, built.program, checker), built)
        runner = TestRunner(
            context.sandbox,
            collecting(suite, built.program),
            task.limits,
            input_of=_inputs(task),
            expected_of=lambda number: tests[number].alternatives[0] if checker is None else b"",
            judge=from_file(suite, judging(suite, checker)),
            policy=task.submission.policy,
            # A checker that is a program has its run in the same slot, between two tests. Modules of a program's own
            # would keep their state from test to test, and files that it leaves would be there for the next.
            shared=checker is None
            and not task.sources.others
            and not suite.has_files
            and context.may_share(built.program, suite),
            arguments_of=lambda number: tests[number].args,
        )
        return report_of(task, context.run_tests(task, runner), built)


def _inputs(task: GradingTask) -> Callable[[int], Input]:
    """Return a function that returns the input of a test by its number, as the program's runtime can read it."""
    suite, tests, ending = task.suite, task.suite.tests, task.language.needs_last_newline(task.code)

    def stdin_of(number: int) -> bytes:
        stdin = tests[number].stdin
        return stdin + b"\n" if ending and stdin and not stdin.endswith(b"\n") else stdin

    if suite.has_files:
        return lambda number: input_of(suite, tests[number], stdin_of(number))
    return lambda number: Input(stdin_of(number))


def _run_passes(
    context: GradingContext, task: GradingTask, program: Program, checker: AuthorProgram
) -> dict[int, TestOutcome]:
    """Run a program for each test as often as the checker asks."""
    suite, program = task.suite, collecting(task.suite, program)

    def run(each: Pass) -> tuple[TestOutcome, Execution | None]:
        stdin, files = input_of(suite, each.test, each.stdin)
        execution = context.sandbox.run(program.with_files(files, each.test.args), task.limits, stdin)
        if execution.syntax_error is not None:
            raise CompileFailed(execution.syntax_error, execution.cpu_s)
        if not execution.clean:
            return unclean(execution), None
        output = with_output(suite, execution).stdout
        match, checking = checker.check_pass(each, output)
        return TestOutcome.compared(execution, output, match, strict=match.accepted), checking

    return run_one_by_one(task, lambda test: run_passes(test, suite.passes, run))


def judging(suite: Suite, checker: AuthorProgram | None) -> Callable[[int, Execution], TestOutcome]:
    """Return a function that judges one run, by its test's number; by ``checker`` where a program decides. It

    Raises:
        CompileFailed: Python's parser refused the program.
        JudgeBroken: the checker cannot judge.
        SlotFailed: a fault of ours.
    """
    compare = None if checker is not None else comparison(suite.value_checker)
    tests = suite.tests
    own = _own_comparisons(suite)
    spare = 0 if checker is not None else spare_bytes(suite.value_checker)

    def judged(number: int, execution: Execution) -> TestOutcome:
        if execution.syntax_error is not None:
            raise CompileFailed(execution.syntax_error, execution.cpu_s)
        if not execution.clean:
            return unclean(execution)
        test, output = tests[number], execution.stdout
        if compare is None:
            assert checker is not None
            match = checker.check(test, output)
            expected: tuple[bytes, ...] = () if test.output is None else (test.expected,)
        else:
            expected = test.alternatives
            compare_test = own.get(number, compare)
            if len(output) <= spare:
                match = _compare(compare_test, output, expected)
            else:
                match = _compare_long(compare_test, output, expected, spare)
        return TestOutcome.compared(execution, output, match, strict=output in expected)

    return judged


def _own_comparisons(suite: Suite) -> dict[int, Comparison]:
    """Return the comparisons of tests that have arguments of their own, by their numbers."""
    checker = suite.checker
    if not isinstance(checker, IcpcDefaultChecker):
        return {}
    return {
        number: comparison(checker.model_copy(update={"args": test.checker_args}))
        for number, test in enumerate(suite.tests)
        if test.checker_args is not None
    }


def _compare(compare: Comparison, output: bytes, expected: tuple[bytes, ...]) -> Match:
    """Compare an output with those that are accepted.

    Raises:
        JudgeBroken: the expected output cannot be compared.
        MemoryError: the comparison ran out of memory.
    """
    try:
        return compare(output, *expected) if len(expected) == 1 else _any_of(compare, output, expected)
    except MemoryError:  # of the process that compares: with the expected output it would end alike
        raise
    except Exception as error:
        return failed_comparison(error, partial(_any_of, compare, expected[0], expected))


def _compare_long(compare: Comparison, output: bytes, expected: tuple[bytes, ...], spare: int) -> Match:
    """Compare a long output, a large one within bounds, which grow with what is expected.

    Raises:
        JudgeBroken: the expected output cannot be compared.
    """
    if far_longer(output, max(expected, key=len), spare):
        return Match.no("far more output than expected")
    if output in expected or not is_large(output):
        return _compare(compare, output, expected)
    try:
        return within_bounds(partial(_compare, compare, output, expected), max(map(len, expected)))
    except OverLimit as error:
        return Match.no(f"comparing the output took {error}")


def _any_of(compare: Comparison, output: bytes, expected: tuple[bytes, ...]) -> Match:
    return first_match([compare(output, want) for want in expected])
