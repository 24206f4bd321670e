"""Comparison of two problems by behaviour: the service runs the reference of each on the tests of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluator.schema import Report, Submission, Suite, Verdict
from trainer_client.dataset.deduplicate.candidates import Pair
from trainer_client.dataset.deduplicate.clusters import PairTrials
from trainer_client.dataset.row import Problem, Reference
from trainer_client.dataset.stage import Judge, SuiteArchive

MAX_TESTS = 40
"""Tests of a suite, at most, spread over its whole length: a few show the behaviour."""
_TRIALS_PER_REQUEST = 64
"""Trials in one request, whose suites are in memory together."""


def trials_of(
    pairs: Sequence[Pair], problems: Sequence[Problem], suites: SuiteArchive, judge: Judge
) -> dict[Pair, PairTrials]:
    """Run both directions of every pair whose problems have references, tests, and the same way of being called."""
    forth = passes([(problems[pair.one], problems[pair.other]) for pair in pairs], suites, judge)
    back = passes([(problems[pair.other], problems[pair.one]) for pair in pairs], suites, judge)
    return {pair: PairTrials(*both) for pair, *both in zip(pairs, forth, back, strict=True)}


def passes(pairs: Sequence[tuple[Problem, Problem]], suites: SuiteArchive, judge: Judge) -> list[bool | None]:
    """Tell, for each pair, whether the first problem's reference passes the second one's tests. None if that cannot be
    tried, or if the service could not judge it."""
    answers: list[bool | None] = []
    for start in range(0, len(pairs), _TRIALS_PER_REQUEST):
        some = pairs[start : start + _TRIALS_PER_REQUEST]
        submissions = [trial(author, owner, suites) for author, owner in some]
        reports = iter(judge.grade([each for each in submissions if each is not None]))
        answers.extend(None if each is None else _passed(next(reports)) for each in submissions)
    return answers


def trial(author: Problem, owner: Problem, suites: SuiteArchive) -> Submission | None:
    """Return a submission of one problem's reference to the tests of another, None if they do not fit together."""
    reference = best_reference(author)
    if reference is None or not owner.suite_id or author.io_mode != owner.io_mode:
        return None
    suite = _adapted(suites.get(owner.suite_id), author)
    if suite is None:
        return None
    return Submission(code=reference.code, language=reference.language, suite=suite, detail="summary")


def best_reference(problem: Problem) -> Reference | None:
    """Return a reference that the service accepted, else one that it has not graded."""
    accepted = [each for each in problem.references if each.verdict == Verdict.ACCEPTED]
    untried = [each for each in problem.references if not each.verdict]
    return next(iter([*accepted, *untried]), None)


def _adapted(suite: Suite, author: Problem) -> Suite | None:
    """Return the suite with calls of the author's function, None if the two are called in different ways."""
    tests = suite.tests[:: max(1, -(-len(suite.tests) // MAX_TESTS))]
    changes: Mapping[str, object] = {"tests": tests}
    if suite.mode == "function":
        own, theirs = author.function_json, suite.function
        if own is None or theirs is None or own.get("style", "call") != theirs.style:
            return None
        changes = {**changes, "function": theirs.model_copy(update={"name": own["name"]})}
    elif suite.mode != "stdio":
        return None
    return suite.model_copy(update=dict(changes))


def _passed(report: Report) -> bool | None:
    return report.verdict is Verdict.ACCEPTED if report.verdict.is_score else None


def suite_of(problem: Problem, suites: SuiteArchive) -> Suite | None:
    """Return a problem's suite, None if it has none."""
    return suites.get(problem.suite_id) if problem.suite_id else None
