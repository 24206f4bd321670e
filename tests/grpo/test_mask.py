"""Truncated completions that lose their advantage; and loops, against every period tried one after another."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.schema import Verdict
from tests.grpo import reference
from trainer_client.grpo.mask import Eligible, TruncationMask, truncated
from trainer_client.grpo.repetition import ends_in_copy, ends_in_loop, shortest_period

END = 9
IDS = st.lists(st.integers(0, 2), max_size=40)
VERDICTS = st.sampled_from([str(verdict) for verdict in Verdict])


@st.composite
def loops(draw):
    """Something, then a motif again and again, cut anywhere."""
    motif = draw(st.lists(st.integers(0, 3), min_size=1, max_size=12))
    return draw(IDS) + (motif * 12)[: draw(st.integers(0, 60))]


@st.composite
def masks(draw):
    return TruncationMask(
        draw(st.floats(0, 1)), draw(st.sampled_from(list(Eligible))), draw(st.integers(1, 6)), draw(st.booleans())
    )


@given(st.one_of(IDS, loops()), st.integers(1, 20))
def test_a_loop_is_one_of_some_period_up_to_the_window(ids: list[int], window: int) -> None:
    assert ends_in_loop(ids, window) == reference.ends_in_loop(ids, window)


@given(st.one_of(IDS, loops()), st.integers(1, 20))
def test_a_copy_is_a_loop_whose_period_divides_the_window(ids: list[int], window: int) -> None:
    tail = ids[-2 * window :]
    divides = [period for period in range(1, window + 1) if window % period == 0]
    periodic = [all(tail[i] == tail[i - period] for i in range(period, len(tail))) for period in divides]
    assert ends_in_copy(ids, window) == (len(tail) == 2 * window and any(periodic))
    assert ends_in_loop(ids, window) or not ends_in_copy(ids, window)


@given(IDS.filter(bool))
def test_the_shortest_period_is_the_first_that_fits(ids: list[int]) -> None:
    fits = [all(ids[i] == ids[i - period] for i in range(period, len(ids))) for period in range(1, len(ids) + 1)]
    assert shortest_period(ids) == fits.index(True) + 1


def test_a_loop_of_three_tokens_escapes_the_literal_check_alone() -> None:
    ids = [1, 2, 3] * 100
    assert not ends_in_copy(ids)
    assert ends_in_loop(ids)
    assert ends_in_copy([1, 2] * 150)


def test_a_long_completion_takes_work_that_grows_with_the_window_alone() -> None:
    class Counted(list):
        looked_at = 0

        def __getitem__(self, key):
            found = super().__getitem__(key)
            Counted.looked_at += len(found) if isinstance(key, slice) else 1
            return Counted(found) if isinstance(key, slice) else found

    assert not ends_in_loop(Counted(([0] * 127 + [1]) * 2000 + [2]), 128)
    assert Counted.looked_at < 20 * 128


@given(
    st.lists(st.tuples(st.lists(st.sampled_from([0, 1, END]), max_size=12), VERDICTS), max_size=20),
    masks(),
    st.integers(0, 2**32),
)
def test_the_mask_is_that_of_the_equation(rows, mask: TruncationMask, seed: int) -> None:
    rng, again = random.Random(seed), random.Random(seed)
    found = mask.keeps([r[0] for r in rows], [r[1] for r in rows], max_length=12, eos_ids={END}, rng=rng)
    assert found == [
        reference.kept(ids, verdict, again.random(), mask=mask, max_length=12, end=END) for ids, verdict in rows
    ]
    assert rng.getstate() == again.getstate(), "one draw per completion, whatever it is"


@pytest.mark.parametrize("probability", [0.1, 0.2, 0.5])
def test_so_many_are_masked_as_the_probability_says(probability: float) -> None:
    kept = TruncationMask(probability).keeps(
        [[1, 2, 3]] * 20_000, ["no_code"] * 20_000, max_length=3, eos_ids={END}, rng=random.Random(5)
    )
    assert kept.count(False) / len(kept) == pytest.approx(probability, abs=0.02)


@pytest.mark.parametrize(
    ("eligible", "masked"),
    [
        ("not_judged_wrong", {"no_code", "accepted"}),
        ("accepted_only", {"accepted"}),
        ("any", set(map(str, Verdict)) - {"judge_error", "cancelled"}),
    ],
)
def test_each_reading_masks_its_verdicts(eligible: str, masked: set[str]) -> None:
    verdicts = [str(verdict) for verdict in Verdict]
    mask = TruncationMask(1.0, Eligible(eligible))
    keeps = mask.keeps([[1, 2]] * len(verdicts), verdicts, max_length=2, eos_ids={END}, rng=random.Random(0))
    assert {verdict for verdict, keep in zip(verdicts, keeps, strict=True) if not keep} == masked


@given(VERDICTS)
def test_a_reading_that_admits_less_masks_less(verdict: str) -> None:
    order = [Eligible.ACCEPTED_ONLY, Eligible.NOT_JUDGED_WRONG, Eligible.ANY]
    admitted = [eligible.admits(verdict) for eligible in order]
    assert admitted == sorted(admitted)


def test_a_completion_that_ends_just_in_time_was_not_cut() -> None:
    assert truncated([1, 2, 3], 3, {END})
    assert not truncated([1, 2, END], 3, {END})
    assert not truncated([1, 2], 3, {END})
    with pytest.raises(ValueError, match="more than the maximum"):
        truncated([1, 2, 3, 4], 3, {END})


@pytest.mark.parametrize("bad", [{"probability": 1.1}, {"probability": -0.1}, {"repeat_window": 0}, {"eligible": "x"}])
def test_settings_without_a_meaning_are_refused(bad: dict) -> None:
    with pytest.raises(ValueError, match=r"probability|window|Eligible"):
        TruncationMask(**bad)
