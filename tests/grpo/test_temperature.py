"""The probe, the choice of a temperature, and the stages."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.grpo.controller import Stages, State, TemperatureController
from trainer_client.grpo.temperature import PROBED, Completion, NoTemperature, Probe, choose_temperature, measure

PROBLEMS = 64


def probe(temperature: float, diversity: float, accuracy: float | None) -> Probe:
    """A probe whose problems are all alike, so that nothing in it is by chance."""
    everywhere = (diversity,) * PROBLEMS, (accuracy,) * PROBLEMS
    return Probe(temperature, diversity, accuracy, 0.0, 0.0, *everywhere)


PAPER = [probe(0.2, 0.60, 0.50), probe(0.6, 0.66, 0.50), probe(1.2, 0.72, 0.50), probe(2.0, 0.90, 0.20)]
"""Read off the paper's figure: diversity rises with temperature, accuracy breaks down."""


def test_the_lowest_accurate_temperature_that_is_diverse_enough_is_taken() -> None:
    assert choose_temperature(PAPER) == 1.2
    assert choose_temperature(PAPER, diversity=0.65) == 0.6


@pytest.mark.parametrize(
    ("probes", "diversity", "why"),
    [
        (PAPER, 0.9, "no accurate temperature reaches diversity 0.90; the most diverse is 1.2"),
        ([probe(1.0, 0.5, 0.0)], 0.7, "no program was accepted"),
        ([probe(1.0, 0.5, None)], 0.7, "no program was accepted"),
        ([], 0.7, "no program was accepted"),
    ],
)
def test_where_no_temperature_will_do_it_is_said_why(probes, diversity, why: str) -> None:
    with pytest.raises(NoTemperature, match=why):
        choose_temperature(probes, diversity=diversity)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=8), st.floats(0, 1))
def test_whatever_is_chosen_is_accurate_and_diverse(values, diversity) -> None:
    probes = [probe(0.2 * (i + 1), d, a) for i, (d, a) in enumerate(values)]
    accurate = [each for each in probes if each.accuracy == max(p.accuracy for p in probes)]
    enough = [each.temperature for each in accurate if each.diversity >= diversity]
    try:
        assert choose_temperature(probes[::-1], diversity=diversity) == min(enough)
    except NoTemperature:
        assert not enough


CURVE = {
    "diversity": ((0.2, 0.6, 1.2, 2.0), (0.60, 0.66, 0.72, 0.90)),
    "accuracy": ((0.2, 0.6, 1.2, 2.0), (0.5, 0.515, 0.5, 0.2)),
}
"""The paper's figure for Qwen3-4B, with straight lines between what can be read off it."""
FLAT = {**CURVE, "diversity": ((0.2, 0.6, 1.0, 1.2, 2.0), (0.60, 0.66, 0.72, 0.72, 0.90))}
"""The same with 0.72 from 1.0 on, as the text has it."""


SKILL = np.random.default_rng(6).beta(0.6, 0.6, 4_000).clip(1e-6, 1 - 1e-6)
EVERYONE = np.log(SKILL / (1 - SKILL))
"""Problems of all difficulties, most of them nearly always or hardly ever solved."""


def draw(curve: Any, rng: np.random.Generator, size: int = 8) -> list[Probe]:
    """A probe of each temperature on the same problems, which differ in difficulty and diversity."""
    problems, own = rng.choice(EVERYONE, PROBLEMS), rng.normal(0, 0.10, PROBLEMS)
    probes = []
    for temperature in PROBED:
        shift = _shift(float(np.interp(temperature, *curve["accuracy"])))
        accuracies = rng.binomial(size, 1 / (1 + np.exp(-problems - shift))) / size
        level = float(np.interp(temperature, *curve["diversity"]))
        diversities = (level + own + rng.normal(0, 0.04, PROBLEMS)).clip(0, 1)
        means = float(diversities.mean()), float(accuracies.mean())
        probes.append(
            Probe(temperature, *means, 0.0, 0.0, tuple(map(float, diversities)), tuple(map(float, accuracies)))
        )
    return probes


@cache
def _shift(accuracy: float) -> float:
    """The ease to add to all problems for that accuracy."""
    low, high = -10.0, 10.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-EVERYONE - middle))).mean() < accuracy else (low, middle)
    return low


def _choice(probes: list[Probe]) -> float | None:
    try:
        return choose_temperature(probes)
    except NoTemperature:
        return None


@pytest.mark.parametrize("curve", [CURVE, FLAT], ids=["straight", "flat"])
def test_on_the_paper_s_curve_it_is_1_to_1_2_whatever_the_draw(curve: Any) -> None:
    rng = np.random.default_rng(7)
    chosen = Counter(_choice(draw(curve, rng)) for _ in range(200))
    assert (chosen[1.0] + chosen[1.2]) / chosen.total() >= 0.95, chosen
    assert chosen[0.2] == 0


def test_chance_alone_makes_no_temperature_less_accurate() -> None:
    rng = np.random.default_rng(8)
    level = {"diversity": ((0.2, 2.0), (0.75, 0.75)), "accuracy": ((0.2, 2.0), (0.5, 0.5))}
    chosen = Counter(_choice(draw(level, rng)) for _ in range(100))
    assert chosen[0.2] >= 80, "all are alike, so the lowest: the best is best by chance"


def test_a_probe_counts_what_was_judged() -> None:
    groups = [
        [Completion([1, 2, 3, 4], "accepted", False), Completion([5, 6, 7, 8], "judge_error", True)],
        [Completion([1, 2, 3, 4], "no_code", True), Completion([1, 2, 3, 4], "wrong_answer", False)],
    ]
    assert measure(0.8, groups) == Probe(
        0.8, diversity=0.5, accuracy=1 / 3, no_code=1 / 3, truncated=0.5, diversities=(1.0, 0.0), accuracies=(1.0, 0.0)
    )


def test_a_prompt_that_tells_nothing_is_left_out_of_the_test() -> None:
    groups = [[Completion([1, 2, 3, 4], "judge_error", False)], [Completion([1], "accepted", False)] * 2]
    assert measure(0.8, groups).diversities == (None, 0.0)
    assert measure(0.8, groups).accuracies == (None, 1.0)


RULE = Stages((0.6, 1.2, 1.8), floor=0.6, margin=0.05, patience=3, dwell=5, memory=0.0)


def changes(controller: TemperatureController, diversities) -> list[tuple[int, float]]:
    seen = ((step, controller.observe(each)) for step, each in enumerate(diversities, 1))
    return [(step, temperature) for step, temperature in seen if temperature is not None]


def test_a_stage_lasts_until_diversity_stays_low_and_the_dwell_is_over() -> None:
    assert changes(TemperatureController(RULE), [0.5] * 40) == [(5, 1.2), (10, 1.8)]
    assert changes(TemperatureController(RULE), [0.7] * 10 + [0.5] * 3) == [(13, 1.2)]
    assert changes(TemperatureController(RULE), [0.7, 0.5, 0.5] * 20) == []


def test_noise_about_the_floor_neither_hurries_nor_delays() -> None:
    assert changes(TemperatureController(RULE), [0.62] * 50) == []
    assert changes(TemperatureController(RULE), [0.7] * 5 + [0.5, 0.62, 0.5, 0.62, 0.5]) == [(10, 1.2)]


def test_one_temperature_never_changes() -> None:
    assert changes(TemperatureController(Stages((1.0,), floor=1.0, dwell=0, patience=1)), [0.0] * 50) == []


@given(
    st.lists(st.floats(0, 1), max_size=80),
    st.integers(0, 80),
    st.builds(
        Stages,
        temperatures=st.just((0.6, 1.0, 1.4)),
        floor=st.floats(0, 1),
        margin=st.floats(0, 0.2),
        patience=st.integers(1, 6),
        dwell=st.integers(0, 10),
        memory=st.floats(0, 0.99),
    ),
)
def test_a_controller_that_is_resumed_goes_on_as_if_it_had_never_stopped(diversities, stop: int, rule: Stages) -> None:
    whole, first = TemperatureController(rule), TemperatureController(rule)
    expected = changes(whole, diversities)
    before = changes(first, diversities[:stop])
    second = TemperatureController(rule).load_state_dict(json.loads(json.dumps(first.state_dict())))
    after = changes(second, diversities[stop:])
    shifted = [(step + min(stop, len(diversities)), temperature) for step, temperature in after]
    assert before + shifted == expected
    assert second.state == whole.state


@given(st.lists(st.floats(0, 1), max_size=200))
def test_temperatures_only_rise_and_never_too_soon(diversities) -> None:
    steps = [0] + [step for step, _ in changes(TemperatureController(RULE), diversities)]
    assert all(later - earlier >= RULE.dwell for earlier, later in pairwise(steps))
    assert len(steps) <= len(RULE.temperatures)


@pytest.mark.parametrize(
    "saved",
    [
        {},
        TemperatureController(Stages((0.6, 1.2), floor=0.5)).state_dict(),
        TemperatureController(RULE).state_dict() | {"stage": 3},
        {key: value for key, value in TemperatureController(RULE).state_dict().items() if key != "mean"},
    ],
)
def test_another_run_s_checkpoint_is_refused(saved) -> None:
    controller = TemperatureController(RULE)
    with pytest.raises(ValueError, match="checkpoint"):
        controller.load_state_dict(saved)
    assert controller.state == State()


@pytest.mark.parametrize(
    "bad",
    [
        {"temperatures": ()},
        {"temperatures": (0.0, 1.0)},
        {"temperatures": (1.0, 0.6)},
        {"floor": 1.5},
        {"memory": 1.0},
        {"patience": 0},
    ],
)
def test_rules_without_a_meaning_are_refused(bad) -> None:
    with pytest.raises(ValueError, match=r"temperatures|must"):
        Stages(**({"temperatures": (0.6, 1.2), "floor": 0.5} | bad))


@pytest.mark.parametrize("diversity", [-0.1, 1.1, float("nan")])
def test_a_diversity_out_of_range_is_refused(diversity: float) -> None:
    with pytest.raises(ValueError, match="lies in"):
        TemperatureController(RULE).observe(diversity)
