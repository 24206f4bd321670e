"""Every hostile program in every configuration: judged as it should be, and the host as it was."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hostile.configurations import CONFIGURATIONS, PYTHON, Configuration, Outcome, run
from tests.hostile.program import Hostile, every_program

CASES = [
    pytest.param(configuration, program, id=f"{configuration.name}-{program.name}")
    for configuration in CONFIGURATIONS
    for program in every_program()
]
AT_ONCE = 3
"""Many programs sleep until they are stopped; other runners work meanwhile."""

pytestmark = [
    pytest.mark.skipif(
        os.geteuid() != 0, reason="only root can become another user, and take rights as a container does"
    ),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"needs an interpreter that everybody can read: {PYTHON}"),
]


@pytest.fixture(scope="session")
def running(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Outcome]]]:
    """The runs of the selected tests' programs, by configuration."""
    calls = [call.params for item in request.session.items if (call := getattr(item, "callspec", None)) is not None]
    chosen: dict[str, list[str]] = defaultdict(list)
    for params in calls:
        if "configuration" in params:
            chosen[params["configuration"].name] += [params["program"].name] if "program" in params else []
    everything = [program.name for program in every_program()]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            one.name: pool.submit(run, one, chosen[one.name] or everything)
            for one in CONFIGURATIONS
            if one.name in chosen
        }


def outcome_of(configuration: Configuration, running: dict[str, Future[Outcome]]) -> Outcome:
    outcome = running[configuration.name].result()
    if outcome.refused is not None:
        pytest.skip(f"this host does not grant it: {outcome.refused}")
    return outcome


@pytest.mark.parametrize(("configuration", "program"), CASES)
def test_a_hostile_program_gets_its_verdict_and_nothing_else(
    configuration: Configuration, program: Hostile, running: dict[str, Future[Outcome]]
) -> None:
    if reason := program.skip_reason(configuration.places):
        pytest.skip(reason)
    outcome = outcome_of(configuration, running)
    assert program.name in outcome.results, f"the runner did not get so far: {outcome.errors}"
    result = outcome.results[program.name]
    assert result["verdict"] in program.allowed(configuration.places), result
    assert result["isolation"] == configuration.tier.value
    assert result["honest"] == "accepted", result
    assert not result["leaked"], result
    assert result["traces"] == []


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda configuration: configuration.name)
def test_a_whole_run_leaves_the_host_as_it_was(
    configuration: Configuration, running: dict[str, Future[Outcome]]
) -> None:
    outcome = outcome_of(configuration, running)
    assert outcome.errors == ""
    assert outcome.traces == []


def test_there_are_programs_enough() -> None:
    names = [program.name for program in every_program()]
    categories = [program.category for program in every_program()]
    assert len(names) >= 125
    assert min(map(categories.count, categories)) >= 3
    assert len({program.source for program in every_program()}) == len(names)
