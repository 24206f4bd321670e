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
from trainer_client.dataset.verify.table import Source, submission

STAGE = "verify"
NO_CHECKER = "no_checker"
"""The quarantine of problems whose right answers no comparison tells from wrong ones."""
_SHOWN = 300
"""Characters of a text that evidence quotes."""
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_MEASURED = (Verdict.TIME_LIMIT_EXCEEDED, Verdict.MEMORY_LIMIT_EXCEEDED)
"""Verdicts whose reasons quote what was measured, which another run measures otherwise."""


@dataclass(slots=True)
class Work:
    """A problem, its suite as it is by now, and what steps found out."""

    problem: Problem
    suite: Suite
    context: Context
    cues: Cues
    candidates: list[Reference] = field(default_factory=list)
    """References that are tried."""
    references: list[Reference] = field(default_factory=list)
    """Those that were accepted."""
    attempted: list[tuple[str, Report]] = field(default_factory=list)
    """A language model's programs, one for each answer, and what became of them."""
    attempts: list[Reference] = field(default_factory=list)
    """Those that were accepted, each once."""
    refuted: list[KnownWrong] = field(default_factory=list)
    """Those of them that new tests refuse."""
    reports: list[Report] = field(default_factory=list)
    """Of the accepted references, in their order."""
    first_reports: list[Report] = field(default_factory=list)
    """Of the references that are tried, where they have been graded by the suite as it is."""
    independent: int = 0
    """The number of accepted references that are not copies of each other."""
    wrong: list[KnownWrong] = field(default_factory=list)
    survivors: list[KnownWrong] = field(default_factory=list)
    """Wrong programs that the suite accepted before it was strengthened."""
    relaxation: Choice | None = None
    """The choice by which the comparison forgives more than its floor, if that is ours."""
    tests_total: int = 0
    """Before the suite was made small."""
    judge_errors: int = 0
    notes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, context: Context) -> Work:
        """The work on a problem as it comes; its suite has no reference before one is proven."""
        suite = _without_reference(context.suites.get(problem.suite_id))
        return cls(problem, suite, context, cues_of(problem.statement))

    @property
    def config(self) -> VerifyConfig:
        return self.context.config.verify

    @property
    def in_python(self) -> list[Reference]:
        """References whose text can be changed here."""
        return [each for each in self.references if each.language == "python"]

    def grade(
        self,
        programs: Sequence[Source],
        suite: Suite | None = None,
        *,
        detail: Detail = "tests",
        policy: Policy = "all",
        repeat: int = 0,
    ) -> list[Report]:
        """Grade programs with the suite, or another one, and count what could not be judged.

        Raises:
            EvaluatorError: the service is out of reach.
        """
        if not programs:
            return []
        asked = [submission(each, suite or self.suite, detail=detail, policy=policy) for each in programs]
        reports = self.context.judge.grade(asked, repeat=repeat)
        self.judge_errors += sum(not report.verdict.is_score for report in reports)
        return reports

    def note(self, **facts: Any) -> None:
        """Remember facts for ``explain``."""
        self.notes |= facts

    def set_apart(self, reason: str) -> None:
        """Put the problem in quarantine, for one more reason."""
        self.problem = self.problem.set_apart(reason)

    def rejected(self, reason: str, **evidence: Any) -> Rejection:
        """The problem goes no further."""
        return Rejection(self.problem.id, STAGE, reason, {**self.notes, **evidence})

    def unverified(self, reason: str) -> Problem:
        """The problem as it came: the judge failed, which says nothing about it."""
        self.note(unverified=reason)
        self.set_apart("unverified")
        return self.finished()

    def finished(self) -> Problem:
        """The problem with what was noted."""
        verification = replace(self.problem.verification, judge_errors=self.judge_errors)
        return self.problem.evolve(verification=verification).note(STAGE, **self.notes)


def _without_reference(suite: Suite) -> Suite:
    """A suite of mode program as it judges by its tests alone: with a reference that fails it judges nothing."""
    if suite.program is None or suite.program.reference is None:
        return suite
    return suite.model_copy(update={"program": suite.program.model_copy(update={"reference": None})})


def is_refused(report: Report) -> bool:
    """Tell whether the service refused a program. A program that it could not judge is not refused."""
    return report.verdict.is_score and report.verdict is not Verdict.ACCEPTED


def told(report: Report) -> dict[str, Any]:
    """Return a report's facts about a program that failed, without measurements: they are the same in every run."""
    said: dict[str, Any] = {"verdict": report.verdict.value, "passed": report.passed, "total": report.total}
    failure = report.first_failure
    if failure is not None:
        said |= _failure(failure)
    elif report.reason:
        said["reason"] = _shown(report.reason)
    return said


def _failure(failure: FirstFailure) -> dict[str, Any]:
    said = {"test": failure.index, "input": _shown(failure.input), "expected": _shown(failure.expected)}
    if failure.verdict not in _MEASURED:
        said |= {"reason": _shown(failure.reason), "output": _shown(failure.output)}
    return said


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = _ADDRESS.sub("0x…", text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
