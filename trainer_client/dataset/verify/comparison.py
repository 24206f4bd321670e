"""Settle how a problem's outputs are compared, by the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluator.schema import (
    AnyOfChecker,
    CheckerSpec,
    ExactChecker,
    JsonChecker,
    LcbChecker,
    LinesChecker,
    ProgramChecker,
    Suite,
    TokensChecker,
    Verdict,
)
from trainer_client.dataset.row import CheckerStatus, KnownWrong, Reference
from trainer_client.dataset.verify.ladder import Evidence, climb, output_mutants, plausible
from trainer_client.dataset.verify.table import AnswerTable, Source
from trainer_client.dataset.verify.work import Work

NO_CHECKER = "no_checker"
"""The quarantine of problems whose right answers no comparison tells from wrong ones."""
_PLAIN = (ExactChecker, LinesChecker, TokensChecker, JsonChecker, LcbChecker)
_COMPARED = ("stdio", "function")


def settle_comparison(work: Work) -> None:
    """Choose a comparison that the references need, where the statement or one of them calls for more than the floor.
    A checker program, or a tolerance that the source states, stays: the source knows better."""
    suite = work.suite
    if suite.mode not in _COMPARED or not (suite.checker is None or isinstance(suite.checker, _PLAIN)):
        return
    work.suite = suite.model_copy(update={"checker": floor_of(suite)})
    candidates = work.problem.references[: work.config.references_max]
    if not candidates or not (
        work.cues or any(each.verdict is not Verdict.ACCEPTED for each in work.grade(candidates))
    ):
        return
    table = AnswerTable(work.context.judge, work.suite, candidates)
    choice = climb(Evidence(table, plausible(table, range(len(candidates)))), work.cues)
    work.note(checker=choice.why)
    if choice.checker is not None:
        work.relaxed = not isinstance(choice.checker, _PLAIN)
        work.suite = work.suite.model_copy(update={"checker": choice.checker})
    elif choice.floor_is_wrong:
        work.set_apart(NO_CHECKER)


def _is_refused(work: Work, references: Sequence[Reference]) -> bool:
    """Tell whether the floor refuses any reference."""
    return any(report.verdict is not Verdict.ACCEPTED for report in work.grade(references))


def prove_comparison(work: Work) -> None:
    """Say how far the comparison is proven, now that there are wrong programs. One that lets them through goes."""
    if NO_CHECKER in work.problem.quarantine:
        status: CheckerStatus = "unproven"
    elif work.relaxed:
        status = _climb_again(work)
    else:
        status = _status_of_floor(work)
    work.problem = work.problem.evolve(checker_status=status)
    _measure_output_kill(work)


def floor_of(suite: Suite) -> CheckerSpec:
    """The comparison that forgives form alone. Lines where blanks inside them are part of a picture."""
    if suite.mode == "function" or isinstance(suite.checker, JsonChecker):
        return JsonChecker(kind="json")
    if any(_is_picture(test.expected) for test in suite.tests):
        return LinesChecker(kind="lines")
    return TokensChecker(kind="tokens")


def _is_picture(output: bytes) -> bool:
    return any(line != b" ".join(line.split()) for line in map(bytes.rstrip, output.splitlines()))


def _status_of_floor(work: Work) -> CheckerStatus:
    shown, guarded = work.independent > 1, any(each.killed_by for each in work.wrong)
    return "proven" if shown and guarded else "inferred" if shown or guarded else "unproven"


def _climb_again(work: Work) -> CheckerStatus:
    programs: list[Source] = [*work.references, *work.wrong]
    floor = work.suite.model_copy(update={"checker": floor_of(work.suite)})
    table = AnswerTable(work.context.judge, floor, programs)
    count = len(work.references)
    wrong = {count + place: _is_mutant(each) for place, each in enumerate(work.wrong)}
    mutants = [place for place, mutant in wrong.items() if mutant]
    known = [place for place, mutant in wrong.items() if not mutant]
    choice = climb(Evidence(table, range(count), known, mutants), work.cues)
    work.note(checker=choice.why)
    if choice.checker is None:
        work.set_apart(NO_CHECKER)
    else:
        work.suite = work.suite.model_copy(update={"checker": choice.checker})
    return choice.status


def _is_mutant(wrong: KnownWrong) -> bool:
    return wrong.origin.startswith("mutant")


def _measure_output_kill(work: Work) -> None:
    """Measure which share of corrupted outputs the checker refuses."""
    checker = work.suite.effective_checker
    if work.suite.mode not in _COMPARED or isinstance(checker, AnyOfChecker | ProgramChecker):
        return
    tried = list(output_mutants(checker, work.suite))
    if tried:
        share = round(sum(refused for _, refused in tried) / len(tried), 4)
        work.problem = work.problem.evolve(verification=replace(work.problem.verification, output_kill=share))
        work.note(corruptions_accepted=sorted({name for name, refused in tried if not refused}))
