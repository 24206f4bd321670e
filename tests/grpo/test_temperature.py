"""The probe, the choice of a temperature, and the stages."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.grpo.controller import Stages, State, TemperatureController
from trainer_client.grpo.temperature import Completion, NoTemperature, Probe, choose_temperature, measure


def probe(temperature: float, diversity: float, accuracy: float | None) -> Probe:
    return Probe(temperature, diversity, accuracy, 0.0, 0.0)


PAPER = [probe(0.2, 0.60, 0.50), probe(0.6, 0.66, 0.515), probe(1.2, 0.72, 0.50), probe(2.0, 0.90, 0.20)]
"""Read off the paper's figure: diversity rises with temperature, accuracy breaks down."""


def test_the_lowest_accurate_temperature_that_is_diverse_enough_is_taken() -> None:
    assert choose_temperature(PAPER, diversity=0.70) == 1.2
    assert choose_temperature(PAPER, diversity=0.65) == 0.6
    assert choose_temperature(PAPER) == 0.2, "0.7 times the 0.72 of the highest accurate temperature"


@pytest.mark.parametrize(
    ("probes", "diversity", "why"),
    [
        (PAPER, 0.9, "no accurate temperature reaches diversity 0.90; the most diverse is 1.2"),
        ([probe(1.0, 0.5, 0.0)], None, "no program was accepted"),
        ([probe(1.0, 0.5, None)], None, "no program was accepted"),
        ([], None, "no program was accepted"),
    ],
)
def test_where_no_temperature_will_do_it_is_said_why(probes, diversity, why: str) -> None:
    with pytest.raises(NoTemperature, match=why):
        choose_temperature(probes, diversity=diversity)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=8),
    st.one_of(st.none(), st.floats(0, 1)),
)
def test_whatever_is_chosen_is_accurate_and_diverse(values, diversity) -> None:
    probes = [probe(0.2 * (i + 1), d, a) for i, (d, a) in enumerate(values)]
    try:
        chosen = choose_temperature(probes[::-1], diversity=diversity)
    except NoTemperature:
        assert diversity is not None or len(probes) > 0
        return
    [found] = [each for each in probes if each.temperature == chosen]
    accurate = [each for each in probes if each.accuracy >= 0.95 * max(p.accuracy for p in probes)]
    target = 0.7 * accurate[-1].diversity if diversity is None else diversity
    assert found in accurate
    assert found.diversity >= target
    assert not [each for each in accurate if each.temperature < chosen and each.diversity >= target]


def test_the_default_target_can_always_be_met() -> None:
    assert choose_temperature([probe(0.5, 0.4, 1.0), probe(1.0, 0.0, 1.0)]) == 0.5


def test_a_probe_counts_what_was_judged() -> None:
    groups = [
        [Completion([1, 2, 3, 4], "accepted", False), Completion([5, 6, 7, 8], "judge_error", True)],
        [Completion([1, 2, 3, 4], "no_code", True), Completion([1, 2, 3, 4], "wrong_answer", False)],
    ]
    assert measure(0.8, groups) == Probe(0.8, diversity=0.5, accuracy=1 / 3, no_code=1 / 3, truncated=0.5)


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
