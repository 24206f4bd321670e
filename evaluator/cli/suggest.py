"""``microcoder suggest-checker``: the strictest comparison that accepts every reference solution.

A relaxation is admitted for a whole suite and beforehand, never per sample: the references must need it, known wrong
programs must still be refused, and it is shown which mutants of the expected outputs it lets through. Each program runs
once, whatever the number of comparisons.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from evaluator.cli.errors import BadInput
from evaluator.cli.service import service
from evaluator.cli.terminal import Terminal
from evaluator.schema import OneChecker, Report, Submission, Suite
from trainer_client.blocking import EvaluatorClient
from trainer_client.dataset.verify.ladder import Choice, Evidence, climb, output_mutants, rungs
from trainer_client.dataset.verify.table import AnswerTable

_FAILED_SHOWN = 3


def suggest(references: Sequence[Submission], wrong: Sequence[Submission], suite: Suite, *, as_json: bool) -> bool:
    """Try every checker, strictest first; show all, and the first that fits. Returns whether one does.

    Raises:
        BadInput: the suite's mode has no such checker, or a program could not be judged.
        EvaluatorError, ServiceFailed: the service could not be started, or reached.
    """
    try:
        floor = rungs(suite)[0].checker
    except ValueError as error:
        raise BadInput(str(error)) from error
    programs = [*references, *wrong]
    with service(None) as url, EvaluatorClient(url) as client:
        table = AnswerTable(_Grader(client), suite.model_copy(update={"checker": floor}), programs)
        for number in table.unjudged:
            raise BadInput(f"{programs[number].id} could not be judged: {table.reports[number].reason}")
        right = range(len(references))
        choice = climb(Evidence(table, right, range(len(references), len(programs)), trusted=True))
    if as_json:
        _print(choice, suite)
    else:
        _show(choice, suite, len(references), len(wrong))
        _show_failures(table.reports[: len(references)], references)
    return choice.checker is not None


class _Grader:
    """A ``RepeatingGrader`` by a client, outside of a data set's run."""

    def __init__(self, client: EvaluatorClient) -> None:
        self._client = client

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        return self._client.grade_many(submissions, timeout_s=None)


def _survivors(checker: OneChecker, suite: Suite) -> tuple[str, ...]:
    """Return which mutations of expected outputs the checker accepts."""
    return tuple(sorted({name for name, refused in output_mutants(checker, suite) if not refused}))


def _fields(checker: OneChecker) -> dict[str, Any]:
    fields = checker.model_dump(exclude_none=True)
    return {name: value for name, value in fields.items() if value not in (False, ())}


def _print(choice: Choice, suite: Suite) -> None:
    tried = [
        _fields(trial.rung.checker) | {"survivors": _survivors(trial.rung.checker, suite)} for trial in choice.trials
    ]
    checker = None if choice.checker is None else _fields(choice.checker)
    print(json.dumps({"checker": checker, "status": choice.status, "why": choice.why, "tried": tried}))


def _show(choice: Choice, suite: Suite, references: int, wrong: int) -> None:
    table = Table("checker", "references accepted", "wrong refused", "mutants let through")
    for trial in choice.trials:
        table.add_row(
            json.dumps(_fields(trial.rung.checker)),
            f"{len(trial.accepted)}/{references}",
            f"{len(trial.refused)}/{wrong}" if wrong else "-",
            ", ".join(_survivors(trial.rung.checker, suite)) or "none",
        )
    terminal = Terminal()
    terminal.print_table(table)
    if choice.checker is None:
        terminal.print(f"None fits ({choice.why}).")
        terminal.print("Where several answers are right, the suite needs a checker program or any_of.")
        return
    terminal.print(f'"checker": {json.dumps(_fields(choice.checker))}')
    if _survivors(choice.checker, suite):
        terminal.print("It lets mutants through: see that the statement allows what they do.")


def _show_failures(reports: Sequence[Report], references: Sequence[Submission]) -> None:
    """Name references that failed by themselves: no comparison accepts what never came."""
    terminal = Terminal()
    for report, reference in zip(reports, references, strict=True):
        failed = [test for test in report.tests if test.verdict not in ("accepted", "wrong_answer")]
        for test in failed[:_FAILED_SHOWN]:
            terminal.print(f"{reference.id}: test {test.index} is {test.verdict}: {test.reason}")
        if not report.tests:
            terminal.print(f"{reference.id}: {report.verdict}: {report.reason}")
