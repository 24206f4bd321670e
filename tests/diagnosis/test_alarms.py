"""Alarms: each thing that goes wrong is told within 20 steps, and a healthy run is left in peace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.diagnosis.simulated import FACTS, SimulatedRun
from trainer_client.diagnosis.alarms import RULES, Level
from trainer_client.diagnosis.metrics import RunFacts, StepMetrics
from trainer_client.diagnosis.monitor import CLEAR_STEPS, RaisedAlarm, TrainingMonitor
from trainer_client.grpo.mask import TruncationMask

STEPS, BEGIN, SOON = 80, 20, 20


def observed(run: SimulatedRun, steps: int) -> list[RaisedAlarm]:
    monitor = TrainingMonitor(FACTS)
    for step in run.steps(steps):
        monitor.observe(step)
    return [alarm for alarm in monitor.alarms if alarm.level is Level.ALARM]


def test_healthy_runs_raise_no_alarm() -> None:
    assert {seed: alarms for seed in range(5) if (alarms := observed(SimulatedRun(seed), STEPS))} == {}


@pytest.mark.matrix
def test_fifteen_more_healthy_runs_raise_no_alarm_either() -> None:
    assert {seed: alarms for seed in range(5, 20) if (alarms := observed(SimulatedRun(seed), STEPS))} == {}


@pytest.mark.matrix
def test_sixty_longer_healthy_runs_raise_no_alarm_either() -> None:
    assert {seed: alarms for seed in range(100, 160) if (alarms := observed(SimulatedRun(seed), 2 * STEPS))} == {}


@pytest.mark.parametrize("inject", ["collapse", "relaxation", "truncation"])
def test_what_goes_wrong_is_told_within_twenty_steps(inject: str) -> None:
    for seed in range(4):
        alarms = observed(SimulatedRun(seed, inject, BEGIN), BEGIN + SOON - 1)
        assert [alarm for alarm in alarms if alarm.step < BEGIN] == []
        assert inject in {alarm.rule for alarm in alarms}, seed


MASK = TruncationMask(0.2)
HALF = StepMetrics(0, reward=0.5, prompts=64)
CASES: dict[str, tuple[RunFacts, list[StepMetrics]]] = {
    "truncation": (RunFacts(target_length=8192), [replace(HALF, max_length=4096, truncated=0.12)] * 10),
    "length_at_limit": (RunFacts(100), [replace(HALF, length_share=0.95)] * 10),
    "mask_starved": (RunFacts(mask=MASK), [replace(HALF, truncated=0.2, eligible=0.0)] * 5),
    "relaxation": (RunFacts(), [replace(HALF, relaxed=0.01 if n < 10 else 0.1, accepted=200) for n in range(20)]),
    "diversity_start": (RunFacts(), [replace(HALF, diversity=0.5, diversity_high=0.55)] * 10),
    "collapse": (RunFacts(), [replace(HALF, diversity=0.9 if n < 10 else 0.2) for n in range(15)]),
    "entropy": (RunFacts(), [replace(HALF, entropy=0.5 if n < 10 else 0.05) for n in range(15)]),
    "diversity_declines": (
        RunFacts(),
        [replace(HALF, diversity=0.7 - 0.005 * n, reward=0.3 + 0.005 * n) for n in range(40)],
    ),
    "held_out_fell": (RunFacts(), [replace(HALF, held_out=s, held_out_error=0.01) for s in (0.3, 0.4, 0.3, 0.3)]),
    "train_and_held_out_part": (
        RunFacts(),
        [replace(HALF, reward=0.2 + 0.01 * n, held_out=0.3 if n % 10 == 0 else None) for n in range(40)],
    ),
    "too_easy": (RunFacts(), [replace(HALF, reward=0.8)] * 5),
    "equal_groups": (RunFacts(), [replace(HALF, equal_groups=0.9)] * 10),
    "not_judged": (RunFacts(), [replace(HALF, not_judged=0.2)] * 3),
    "weight_by_length": (RunFacts(), [replace(HALF, weight_short=1.0, weight_long=0.5)] * 5),
    "temperature_ramp": (RunFacts(), [replace(HALF, temperature=1.0 + 0.01 * n) for n in range(5)]),
    "temperature_low": (RunFacts(), [replace(HALF, temperature=0.6)]),
    "short_start": (RunFacts(target_length=8192), [replace(HALF, max_length=2048)]),
    "batch": (RunFacts(), [replace(HALF, prompts=128)]),
}


def test_every_rule_has_a_case_that_it_alone_warns_of() -> None:
    assert CASES.keys() == {rule.name for rule in RULES}
    for name, (facts, steps) in CASES.items():
        monitor = TrainingMonitor(facts)
        for number, step in enumerate(steps, 1):
            monitor.add(replace(step, step=number))
        assert [alarm.rule for alarm in monitor.alarms] == [name]
        assert monitor.alarms[0].message


def test_a_rule_that_goes_on_to_hold_is_told_once_and_again_after_a_pause() -> None:
    monitor = TrainingMonitor()
    for bad in [True] * 30 + [False] * CLEAR_STEPS + [True] * 5:
        monitor.add(replace(HALF, step=len(monitor.history), not_judged=0.5 if bad else 0.0))
    assert [alarm.step for alarm in monitor.alarms] == [2, 30 + CLEAR_STEPS + 2]


def test_the_band_of_a_run_is_known_once_its_diversity_stands() -> None:
    monitor = TrainingMonitor()
    for number in range(40):
        assert monitor.own_band is None
        monitor.add(replace(HALF, step=number, diversity=0.70 + 0.01 * (-1) ** number))
    assert monitor.own_band == pytest.approx((0.68, 0.72), abs=1e-3)
