"""The rules that ask for a longer context, or another temperature."""

from __future__ import annotations

import pytest

from trainer_client.diagnosis.metrics import StepMetrics
from trainer_client.diagnosis.stages import ContextStages, next_context, next_temperature
from trainer_client.grpo.controller import Stages

RULE = ContextStages((4096, 8192), dwell=0)


def steps(shares: list[float], start: int = 1) -> list[StepMetrics]:
    return [StepMetrics(number, truncated=share) for number, share in enumerate(shares, start)]


def test_the_context_is_raised_once_too_much_is_cut_for_long_enough() -> None:
    assert next_context(steps([0.2] * 9), RULE, 4096) is None
    assert next_context(steps([0.2] * 9 + [0.05] + [0.2] * 5), RULE, 4096) is None
    change = next_context(steps([0.05] * 5 + [0.2] * 10), RULE, 4096)
    assert change is not None
    assert change.value == 8192
    assert "20% of completions were cut at 4096 tokens" in change.reason


def test_the_context_is_raised_at_the_latest_step_whatever_is_cut() -> None:
    assert next_context(steps([0.01] * 10, start=230), RULE, 4096) is None
    change = next_context(steps([0.01] * 10, start=231), RULE, 4096)
    assert change is not None
    assert "step 240" in change.reason


def test_the_context_stays_after_a_change_and_at_the_last_stage() -> None:
    history = steps([0.2] * 30)
    assert next_context(history, RULE, 8192) is None
    assert next_context(history, RULE, 4096, changed_at=25) is None
    assert next_context(history, ContextStages((4096, 8192), dwell=20), 4096, changed_at=15) is None
    assert next_context([], RULE, 4096) is None


@pytest.mark.parametrize("lengths", [(), (8192, 4096), (0, 4096), (4096, 4096)])
def test_lengths_have_to_rise(lengths: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        ContextStages(lengths)


def test_the_temperature_is_changed_by_the_controller_s_rule() -> None:
    stages = Stages((0.6, 1.0), floor=0.6, patience=3, dwell=5, memory=0.0)
    low = [StepMetrics(number, diversity=0.5) for number in range(1, 6)]
    assert next_temperature(low[:4], stages) is None
    change = next_temperature(low, stages)
    assert change is not None
    assert change.value == 1.0
    assert "below 0.60" in change.reason
    assert next_temperature(low, stages, changed_at=3) is None
