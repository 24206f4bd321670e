"""The state of a problem while it is verified, step by step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from evaluator.schema import Detail, FirstFailure, Policy, Report, Suite, Verdict
from trainer_client.dataset.config import VerifyConfig
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Rejection
from trainer_client.dataset.stage import Context
from trainer_client.dataset.verify.cues import Cues, cues_of
from trainer_client.dataset.verify.ladder import Choice
from trainer_client.dataset.verify.table import ProgramText, submission

STAGE = "verify"
NO_CHECKER = "no_checker"
"""The quarantine of problems for which no comparison tells right answers from wrong ones."""
_SHOWN = 300
"""Characters of a text that evidence quotes."""
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_MEASURED = (Verdict.TIME_LIMIT_EXCEEDED, Verdict.MEMORY_LIMIT_EXCEEDED)
"""Verdicts whose reasons quote measurements, which differ from run to run."""


@dataclass(slots=True)
class Work:
    """A problem with its current suite, and the findings of the steps so far."""

    problem: Problem
    suite: Suite
    context: Context
    cues: Cues
    candidates: list[Reference] = field(default_factory=list)
    """The references to try."""
    references: list[Reference] = field(default_factory=list)
    """The references that were accepted."""
    attempted: list[tuple[str, Report]] = field(default_factory=list)
    """A language model's programs, one for each answer, with their reports."""
    attempts: list[Reference] = field(default_factory=list)
    """The model's programs that were accepted, each once."""
    refuted: list[KnownWrong] = field(default_factory=list)
    """The accepted attempts that new tests refuse."""
    reports: list[Report] = field(default_factory=list)
    """The reports of the accepted references, in their order."""
    first_reports: list[Report] = field(default_factory=list)
    """The reports of the candidates, if they have been graded with the current suite."""
    independent: int = 0
    """The number of accepted references that are not copies of each other."""
    wrong: list[KnownWrong] = field(default_factory=list)
    survivors: list[KnownWrong] = field(default_factory=list)
    """Wrong programs that the suite accepted before it was strengthened."""
    relaxation: Choice | None = None
    """The choice by which the comparison forgives more than its floor, if that is ours."""
    tests_total: int = 0
    """The number of tests before the suite was reduced."""
    judge_errors: int = 0
    notes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, context: Context) -> Work:
        """Begin the work on a problem. Its suite has no reference until one is proven."""
        suite = _without_reference(context.suites.get(problem.suite_id))
        return cls(problem, suite, context, cues_of(problem.statement))

    @property
    def config(self) -> VerifyConfig:
        return self.context.config.verify

    @property
    def in_python(self) -> list[Reference]:
        """Return the references in Python, whose text can be changed here."""
        return [each for each in self.references if each.language == "python"]

    def grade(
        self,
        programs: Sequence[ProgramText],
        suite: Suite | None = None,
        *,
        detail: Detail = "tests",
        policy: Policy = "all",
        repeat: int = 0,
    ) -> list[Report]:
        """Grade programs with the suite, or another one, and count what could not be judged.

        Raises:
            EvaluatorError: the service cannot be reached.
        """
        if not programs:
            return []
        submissions = [submission(each, suite or self.suite, detail=detail, policy=policy) for each in programs]
        reports = self.context.judge.grade(submissions, repeat=repeat)
        self.judge_errors += sum(not report.verdict.is_score for report in reports)
        return reports

    def note(self, **facts: Any) -> None:
        """Note facts for ``explain``."""
        self.notes |= facts

    def set_apart(self, reason: str) -> None:
        """Put the problem in quarantine for one more reason."""
        self.problem = self.problem.set_apart(reason)

    def rejected(self, reason: str, **evidence: Any) -> Rejection:
        """Return a rejection of the problem."""
        return Rejection(self.problem.id, STAGE, reason, {**self.notes, **evidence})

    def unverified(self, reason: str) -> Problem:
        """Return the original problem, unverified: the judge failed, which is no fact about the problem."""
        self.note(unverified=reason)
        self.set_apart("unverified")
        return self.finished()

    def finished(self) -> Problem:
        """Return the problem with all notes."""
        verification = replace(self.problem.verification, judge_errors=self.judge_errors)
        return self.problem.evolve(verification=verification).note(STAGE, **self.notes)


def _without_reference(suite: Suite) -> Suite:
    """Return a suite of mode program without its reference: with a reference that fails, it could judge nothing."""
    if suite.program is None or suite.program.reference is None:
        return suite
    return suite.model_copy(update={"program": suite.program.model_copy(update={"reference": None})})


def is_refused(report: Report) -> bool:
    """Tell whether the service refused a program. A program that it could not judge is not refused."""
    return report.verdict.is_score and report.verdict is not Verdict.ACCEPTED


def report_facts(report: Report) -> dict[str, Any]:
    """Return a report's facts about a program that failed, without measurements: they are the same in every run."""
    facts: dict[str, Any] = {"verdict": report.verdict.value, "passed": report.passed, "total": report.total}
    failure = report.first_failure
    if failure is not None:
        facts |= _failure(failure)
    elif report.reason:
        facts["reason"] = _shown(report.reason)
    return facts


def _failure(failure: FirstFailure) -> dict[str, Any]:
    facts = {"test": failure.index, "input": _shown(failure.input), "expected": _shown(failure.expected)}
    if failure.verdict not in _MEASURED:
        facts |= {"reason": _shown(failure.reason), "output": _shown(failure.output)}
    return facts


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = _ADDRESS.sub("0x…", text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
