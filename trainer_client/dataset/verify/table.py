"""Comparison of programs' answers by many checkers, with one run of each program.

The service runs the programs with all tests and reports their outputs. These are compared here, by the service's own
comparisons. An output that exceeds a report's 64 KiB is compared by the service.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from evaluator.checking import compare_output, compare_value
from evaluator.checking.plain import plain
from evaluator.schema import (
    Detail,
    OneChecker,
    Policy,
    Report,
    Submission,
    Suite,
    TestCase,
    TestReport,
    UnorderedChecker,
    Verdict,
    to_bytes,
    to_text,
)

OUTPUT_BYTES = 64 * 1024
"""Bytes of an output that a report contains, at most."""
_MAX_CHARACTER_BYTES = 4
"""Bytes of a character, at most: a cut drops a character that it would halve."""
_ANSWERED = (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)


class ProgramText(Protocol):
    """The protocol of programs: references and wrong ones."""

    @property
    def code(self) -> str: ...

    @property
    def language(self) -> str: ...


class RepeatingGrader(Protocol):
    """The protocol of graders, such as ``trainer_client.dataset.stage.Judge`` or a client."""

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        """Grade submissions. Returns the reports in their order."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A program's answer to one test. ``value`` is its stdout, or the form of a function's value; ``whole`` is False if
    the report has only a part of it."""

    verdict: Verdict
    value: Any = None
    whole: bool = True

    @property
    def came(self) -> bool:
        """True if the program ended well, so that its answer is compared."""
        return self.verdict in _ANSWERED


class AnswerTable:
    """A table of programs' answers to the tests of a suite, and of checkers' results for them.

    Raises:
        EvaluatorError: the service cannot be reached, or refuses the request.
    """

    def __init__(self, grader: RepeatingGrader, suite: Suite, programs: Sequence[ProgramText | Submission]) -> None:
        self._grader, self.suite, self.programs = grader, suite, programs
        self.reports = grader.grade([submission(each, suite, detail="full") for each in programs])
        self._answers = [answers(suite, report) for report in self.reports]
        self._matrices: dict[str, list[tuple[bool, ...]]] = {}

    @property
    def unjudged(self) -> list[int]:
        """The programs that could not be judged."""
        return [number for number, report in enumerate(self.reports) if not report.verdict.is_score]

    def passed(self, checker: OneChecker) -> list[tuple[bool, ...]]:
        """Return, for each program, True for each test that it passes by a checker."""
        key = checker.model_dump_json()
        if key not in self._matrices:
            self._matrices[key] = [self._row(number, checker) for number in range(len(self.programs))]
        return self._matrices[key]

    def accepted(self, checker: OneChecker) -> list[bool]:
        """Return, for each program, True if it passes all tests by a checker."""
        return [all(row) for row in self.passed(checker)]

    def values(self, program: int) -> list[Answer]:
        """Return a program's answers, test by test."""
        return self._answers[program]

    def disagree(self, one: int, other: int, checker: OneChecker) -> bool:
        """Tell whether two programs gave different answers to a test, right or wrong. Answers that are not known
        completely differ only if one of them passes and the other does not."""
        rows = self.passed(checker)
        tests = zip(self._answers[one], self._answers[other], rows[one], rows[other], strict=True)
        return any(
            a.came and b.came and (a_passes != b_passes or (a.whole and b.whole and not _same(checker, a, b)))
            for a, b, a_passes, b_passes in tests
        )

    def _row(self, number: int, checker: OneChecker) -> tuple[bool, ...]:
        row = [
            answer.came and answer.whole and matches(checker, answer, test, self.suite.mode)
            for answer, test in zip(self._answers[number], self.suite.tests, strict=True)
        ]
        cut = [place for place, answer in enumerate(self._answers[number]) if answer.came and not answer.whole]
        for place, passes in zip(cut, self._by_the_service(number, checker, cut), strict=True):
            row[place] = passes
        return tuple(row)

    def _by_the_service(self, number: int, checker: OneChecker, places: Sequence[int]) -> list[bool]:
        """Have the service compare outputs that are too long for a report."""
        if not places:
            return []
        tests = tuple(self.suite.tests[place] for place in places)
        part = self.suite.model_copy(update={"tests": tests, "checker": checker})
        [report] = self._grader.grade([submission(self.programs[number], part)])
        passes = {test.index: test.verdict is Verdict.ACCEPTED for test in report.tests}
        return [passes.get(place, False) for place in range(len(tests))]


def submission(
    program: ProgramText | Submission, suite: Suite, *, detail: Detail = "tests", policy: Policy = "all"
) -> Submission:
    """Make a submission of a program with all tests of a suite."""
    fields: dict[str, Any] = {"suite": suite, "suite_id": None, "policy": policy, "detail": detail}
    if isinstance(program, Submission):
        return program.model_copy(update=fields)
    return Submission(code=program.code, language=program.language, **fields)


def answers(suite: Suite, report: Report) -> list[Answer]:
    """Read the answers in a report with detail ``full``, test by test. A test that did not run gets the program's
    verdict."""
    rows = {test.index: _answer(test, suite) for test in report.tests}
    none = Answer(report.verdict if report.verdict is not Verdict.ACCEPTED else Verdict.JUDGE_ERROR)
    return [rows.get(place, none) for place in range(len(suite.tests))]


def _answer(test: TestReport, suite: Suite) -> Answer:
    if suite.mode == "function":
        if test.result is None:
            return Answer(test.verdict, whole=False)
        return Answer(test.verdict, json.loads(test.result))
    stdout = to_bytes(test.stdout or "")
    return Answer(test.verdict, stdout, whole=len(stdout) < OUTPUT_BYTES - _MAX_CHARACTER_BYTES)


def size_of(test: TestCase) -> int:
    """Return the size of a test's input, or of its test code, in characters, about."""
    value = test.test_code if test.test_code is not None else test.input
    return len(value if isinstance(value, str) else repr(value))


def matches(checker: OneChecker, answer: Answer, test: TestCase, mode: str) -> bool:
    """Tell whether a complete answer matches a test's expected output, by a checker."""
    if mode == "function":
        return compare_value(checker, answer.value, test.output).accepted
    return compare_output(checker, answer.value, test.expected).accepted


def expected_of(answer: Answer, checker: OneChecker) -> Any:
    """Return an answer as the expected output of a test.

    Raises:
        NotPlain: JSON has no form for it.
        ValueError: it has a number for which JSON has no form.
    """
    if isinstance(answer.value, bytes):
        text = to_text(answer.value)
        return text if isinstance(text, str) else text.model_dump()
    value = plain(answer.value, sets=isinstance(checker, UnorderedChecker))
    json.dumps(value, allow_nan=False)
    return value


def _same(checker: OneChecker, one: Answer, other: Answer) -> bool:
    if isinstance(one.value, bytes):
        return compare_output(checker, one.value, other.value).accepted
    return bool(one.value == other.value)
