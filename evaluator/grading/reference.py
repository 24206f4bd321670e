"""Findings of a suite's reference about it, before any submission is seen: which assertions cannot be judged outside of
the program's process, what must be reached, and how each test ends.

An assertion is opened if its condition, sealed, does not hold for the reference, or looks at a value that is no plain
one. That is repeated until nothing changes; it covers caught failures, objects that compare themselves, retry loops and
expected failures alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evaluator.grading.outcome import TestOutcome
from evaluator.grading.prepared import PreparedTest, ReferenceFacts
from evaluator.grading.trial import LEARNING, Trial, Trials
from evaluator.judging.items import author_name

_MAX_ROUNDS = 12
MAX_RUNS_TO_PREPARE = 4 * _MAX_ROUNDS
"""Of programs, judges and preparation, for one test code."""
Seal = Callable[[frozenset[int]], PreparedTest]
"""Makes the test code anew with these assertions opened."""


class ReferenceFails(Exception):
    """The reference does not pass the tests; the message says where."""


def learn(trials: Trials, code: bytes, seal: Seal, *, may_change_way: bool) -> PreparedTest:
    """The test code with what its reference shows. One that passes sealed but not apart is sealed, if it may be.

    Raises:
        ReferenceFails: it does not pass.
        SlotFailed: a fault of ours.
    """
    test = seal(frozenset())
    if test.reason is not None:
        return test
    if test.way == "apart":
        try:
            return _learn_apart(trials, code, test)
        except ReferenceFails:
            if not may_change_way:
                raise

    def seal_beside(opened: frozenset[int]) -> PreparedTest:
        beside = seal(opened)
        why = test.why if test.way == "sealed" else "the reference passes beside the tests, and not apart from them"
        return beside.model_copy(update={"way": "sealed", "why": why})

    return _learn_sealed(trials, code, seal_beside)


def _learn_apart(trials: Trials, code: bytes, test: PreparedTest) -> PreparedTest:
    first = trials.run(code, test, "all", LEARNING)
    if not first.accepted:
        raise ReferenceFails(_why(first))
    if not _shows_the_same(trials.run_calls(code, test, "all", LEARNING), first):
        test = test.model_copy(update={"calls": None})
    second = trials.run_otherwise(code, test)
    return test.model_copy(update={"reference": _agreement(test, first, second, frozenset())})


def _shows_the_same(by_calls: Trial | None, trial: Trial) -> bool:
    """Tell whether calls from outside come to what the tests' own process came to."""
    return by_calls is not None and by_calls.accepted and by_calls.result == trial.result


def _learn_sealed(trials: Trials, code: bytes, seal: Seal) -> PreparedTest:
    opened: frozenset[int] = frozenset()
    reason = None
    for _ in range(_MAX_ROUNDS):
        test = seal(opened)
        if test.reason is not None:
            return test
        first = trials.run(code, test, "all", LEARNING)
        reason = reason or (None if first.accepted else _why(first))
        to_open = _to_open(first, test)
        if not to_open and first.accepted:
            second = trials.run_otherwise(code, test)
            if not (to_open := _to_open(second, test)):
                return test.model_copy(update={"reference": _agreement(test, first, second, opened)})
        elif not to_open:
            to_open = _sealed_sites(test)  # the tests may look at themselves
            if not to_open:
                raise ReferenceFails(reason or _why(first))
        opened |= to_open
    raise ReferenceFails(f"in {_MAX_ROUNDS} rounds its runs did not come to the same assertions")


def _to_open(trial: Trial, test: PreparedTest) -> frozenset[int]:
    """The sealed assertions that do not hold."""
    reported = trial.result.get("opens")
    return _sealed_sites(test).intersection(reported if isinstance(reported, list) else ())


def _sealed_sites(test: PreparedTest) -> frozenset[int]:
    return frozenset(site["number"] for site in test.sealed["sites"] if site["kind"] in ("sealed", "truth"))


def _agreement(test: PreparedTest, first: Trial, second: Trial, opened: frozenset[int]) -> ReferenceFacts:
    """Findings that both runs share."""
    one, other = _outcomes(first), _outcomes(second)
    differing = {name for name in {*one, *other} if one.get(name) != other.get(name)}
    failing = _to_open(second, test)
    sites, tests = test.sealed["sites"], test.sealed["tests"]
    unsteady = {author_name(tests, name) for name in differing} | {sites[number]["text"] for number in failing}
    return ReferenceFacts(
        opened=tuple(sorted(opened)),
        required=tuple(sorted(row for row in _rows(first) & _rows(second) if row[0] not in failing)),
        outcomes={name: outcome for name, outcome in one.items() if name not in differing},
        unsteady=tuple(sorted(unsteady)),
    )


def _rows(trial: Trial) -> set[tuple[int, tuple[int, ...]]]:
    return {(number, tuple(tokens)) for number, tokens in trial.result.get("rows", ())}


def _outcomes(trial: Trial) -> dict[str, str]:
    outcomes: dict[str, str] = trial.result.get("outcomes", {})
    return outcomes


def _why(trial: Trial) -> str:
    """Tell where the reference fails."""
    if trial.execution.stopped_by is not None:
        return str(TestOutcome.stopped(trial.execution, trial.execution.stopped_by).reason)
    if trial.broken is not None:
        return trial.broken
    result: dict[str, Any] = trial.result
    texts = [
        result.get("syntax_error"),
        result.get("raised"),
        *(item.get("failed") or item.get("error") for item in trial.items),
    ]
    return next((text for text in texts if isinstance(text, str) and text), "its run did not come to its end")
