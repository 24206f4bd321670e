"""Lengths and temperatures by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grpo.test_config import LEAST, written
from trainer_client.grpo.config import BadConfig, load
from trainer_client.grpo.schedule import Schedule, ScheduledStage


def test_a_stage_holds_until_the_next_one() -> None:
    schedule = Schedule((ScheduledStage(0, 4096, 1.0), ScheduledStage(140, None, 1.4), ScheduledStage(240, 8192)))
    assert [schedule.length_at(step) for step in (0, 139, 239, 240, 900)] == [4096, 4096, 4096, 8192, 8192]
    assert [schedule.temperature_at(step) for step in (0, 139, 140, 240)] == [1.0, 1.0, 1.4, 1.4]
    assert Schedule((ScheduledStage(0, 4096),)).temperature_at(10) is None


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([(1, 5, None)], "begins at step 0"),
        ([(0, 5, None), (0, 6, None)], "steps must rise"),
        ([(0, 5, None), (3, 4, None)], "lengths must not fall"),
        ([(0, 5, None), (3, None, None)], "a length, a temperature, or both"),
    ],
)
def test_stages_without_meaning_are_refused(stages: list[tuple[int, int | None, float | None]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Schedule(tuple(ScheduledStage(*each) for each in stages))


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["schedule=[{step: 0, length: 4, temperature: 1}]"], "exclude temperature"),
        (["schedule=[{step: 0, length: 4}, {step: 9, temperature: 1}]"], "temperatures begin with the first stage"),
        (["schedule=[{step: 0, length: 4}]", "trainer.max_completion_length=8"], "the schedule has lengths"),
        (["temperature=null", "schedule=[{step: 0, length: 4}]"], "temperature: is required"),
        (["schedule=[{step: 2, length: 4}]"], "begins at step 0"),
    ],
)
def test_a_configuration_that_disagrees_with_its_schedule_is_refused(
    tmp_path: Path, overrides: list[str], said: str
) -> None:
    with pytest.raises(BadConfig) as caught:
        load(written(tmp_path, LEAST), overrides)
    assert said in str(caught.value)


def test_a_schedule_may_have_the_temperatures(tmp_path: Path) -> None:
    text = LEAST.replace(
        "temperature: 1.0\n", "schedule: [{step: 0, temperature: 0.6}, {step: 140, temperature: 1.2}]\n"
    )
    config = load(written(tmp_path, text))
    assert config.scheduled_temperature == 0.6
    assert config.scheduled() == Schedule((ScheduledStage(0, None, 0.6), ScheduledStage(140, None, 1.2)))
