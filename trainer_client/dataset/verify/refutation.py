"""Expected outputs that independent references refute, whatever the comparison."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.harness.values import NotPlain
from evaluator.schema import OneChecker, TestCase
from trainer_client.dataset.verify.cues import Cues
from trainer_client.dataset.verify.ladder import rungs
from trainer_client.dataset.verify.table import Answer, AnswerTable, expected_of, matches


def outputs_refuted(table: AnswerTable, cues: Cues) -> set[int]:
    """Return the tests on whose outputs all programs of a table agree by some comparison, while no comparison accepts
    what is expected. If the statement allows several answers, there are none: both may be right."""
    if cues.many:
        return set()
    checkers = [rung.checker for rung in rungs(table.suite, cues.tolerance)]
    accepted = [row for checker in checkers for row in table.passed(checker)]
    refused = [place for place in range(len(table.suite.tests)) if not any(row[place] for row in accepted)]
    return {place for place in refused if _agree(table, place, checkers)}


def _agree(table: AnswerTable, place: int, checkers: Sequence[OneChecker]) -> bool:
    answers = [table.values(program)[place] for program in range(len(table.programs))]
    if not all(answer.came and answer.whole for answer in answers):
        return False
    return any(_match(answers, table, place, checker) for checker in checkers)


def _match(answers: Sequence[Answer], table: AnswerTable, place: int, checker: OneChecker) -> bool:
    try:
        test = TestCase(input=table.suite.tests[place].input, output=expected_of(answers[0], checker))
    except (NotPlain, ValueError):
        return False
    return all(matches(checker, answer, test, table.suite.mode) for answer in answers)
