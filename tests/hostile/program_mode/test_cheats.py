"""No cheat is accepted in mode program, unless its suite is weak, and said to be. After each, an honest program is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.runtime import interpreter
from evaluator.schema import Report, RunRequest, Submission
from evaluator.settings import Settings
from sandbox.execution import SlotFailed
from sandbox.isolation import Tier
from sandbox.slot import Slot
from tests.hostile.program_mode.cheat import SEARCHERS, Cheat, Trial, every_cheat, planted_values, trials
from tests.hostile.program_mode.problem import EVERY_WAY, HONEST, Given, ways

STRONGEST = "strongest"
TIERS = (STRONGEST, Tier.LANDLOCK.value, Tier.PROCESS.value)
"""Namespaces are the strongest tier wherever they are granted."""
FEW_WAYS, MANY_WAYS = 1, 48
"""So many of the problem's ways are tried in ``make test``, and in ``make matrix``."""
HONEST_WAYS = 36
NOT_PROMISED = "the process tier hides neither files nor memory of processes of the same user"
_STOPPED_OR_WRONG = {
    "wrong_answer",
    "runtime_error",
    "compile_error",
    "time_limit_exceeded",
    "memory_limit_exceeded",
    "output_limit_exceeded",
}
CHEATS = every_cheat()


@pytest.fixture(scope="module", params=TIERS)
def grader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """In the environment of submissions, which has pytest unless somebody made it otherwise."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        python=interpreter(Settings()),
        min_isolation="landlock" if request.param == STRONGEST else request.param,
        results_mb=0,
    )
    try:
        with pytest.MonkeyPatch.context() as patch:
            if request.param != STRONGEST:
                patch.setattr("sandbox.sandbox.strongest", lambda runtime, tier: Slot(tier, runtime))
            opened = open_grader(settings)
    except SlotFailed as error:
        pytest.skip(f"this host does not grant it: {error}")
    with opened:
        yield opened


def grade(grader: Grader, code: str, suite: dict[str, object]) -> Report:
    submission = Submission.model_validate({"code": code, "suite": suite, "detail": "full"})
    assert submission.suite is not None
    return grader.grade(submission, submission.suite)


def complaint(cheat: Cheat, report: Report) -> str | None:
    """Say what is wrong with a report on a cheat; None if nothing is."""
    trust = report.trust
    if report.verdict == "accepted":
        allowed = cheat.weak is not None and trust is not None and trust.level == "weak"
        return None if allowed else f"accepted, {trust}"
    return None if report.verdict in _STOPPED_OR_WRONG else f"{report.verdict}: {report.reason}"


def try_out(grader: Grader, cheat: Cheat, trial: Trial) -> Iterator[str]:
    """Grade an honest program, the cheat, and the honest one again; tell what is wrong."""
    if cheat.family == SEARCHERS:
        yield from honest_fails(grader, trial, "before")
    report = grade(grader, cheat.code, trial.suite)
    if said := complaint(cheat, report):
        yield f"{trial.label}: {said}"
    if cheat.family == SEARCHERS:
        shown = " ".join(f"{test.stdout} {test.stderr}" for test in report.tests)
        yield from (f"{trial.label}: found {value}" for value in planted_values(trial) if value in shown)
    yield from honest_fails(grader, trial, "after")


def honest_fails(grader: Grader, trial: Trial, when: str) -> Iterator[str]:
    report = grade(grader, trial.honest, trial.suite)
    if report.verdict != "accepted":
        yield f"{trial.label}: the honest program {when} it is {report.verdict}, {report.first_failure or report.reason}"


def of_all(grader: Grader, cheat: Cheat, count: int) -> list[str]:
    return [said for trial in trials(cheat, count, CHEATS.index(cheat)) for said in try_out(grader, cheat, trial)]


def skip_what_is_not_promised(grader: Grader, request: pytest.FixtureRequest, cheat: Cheat) -> None:
    if cheat.needs and grader.run(RunRequest(code=f"import {cheat.needs}")).exit_code != 0:
        pytest.skip(f"the environment of submissions has no {cheat.needs}")
    if cheat.family == SEARCHERS and request.node.callspec.params["grader"] == Tier.PROCESS.value:
        pytest.skip(NOT_PROMISED)


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_a_cheat_is_not_accepted(grader: Grader, cheat: Cheat, request: pytest.FixtureRequest) -> None:
    skip_what_is_not_promised(grader, request, cheat)
    assert of_all(grader, cheat, FEW_WAYS) == []


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_a_cheat_is_not_accepted_in_many_ways(grader: Grader, cheat: Cheat, request: pytest.FixtureRequest) -> None:
    skip_what_is_not_promised(grader, request, cheat)
    assert of_all(grader, cheat, MANY_WAYS) == []


@pytest.mark.parametrize("given", ways(HONEST_WAYS, 0), ids=str)
def test_the_honest_program_is_accepted_and_its_suite_strong(grader: Grader, given: Given) -> None:
    require_strong_acceptance(grader, given)


@pytest.mark.parametrize("given", EVERY_WAY, ids=str)
def test_the_honest_program_is_accepted_in_every_way(grader: Grader, given: Given) -> None:
    require_strong_acceptance(grader, given)


def require_strong_acceptance(grader: Grader, given: Given) -> None:
    report = grade(grader, HONEST, given.suite())
    assert report.verdict == "accepted", report.first_failure or report.reason
    assert report.trust is not None
    assert report.trust.level == "strong", report.trust


def test_there_are_cheats_enough() -> None:
    families = [cheat.family for cheat in CHEATS]
    assert len(CHEATS) >= 200
    assert families.count("forgers") >= 30
    assert families.count(SEARCHERS) >= 20
    # Some have a suite of their own, and the same program for several.
    assert len({str(cheat.entry.parts) for cheat in CHEATS}) == len(CHEATS)
    assert all(families.count(family) >= 10 for family in families)
