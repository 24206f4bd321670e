"""Diversity: what copies, strangers and length do to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.grpo.diversity import distinct_diversity, pair_diversity, words

BOTH = pytest.mark.parametrize("measure", [pair_diversity, distinct_diversity])
COMPLETION = st.lists(st.integers(0, 5), min_size=1, max_size=30)
GROUP = st.lists(COMPLETION, min_size=2, max_size=5)


def grams(tokens, gram):
    return {tuple(tokens[i : i + gram]) for i in range(max(len(tokens) - gram + 1, 1))}


@given(st.lists(GROUP, min_size=1, max_size=4), st.integers(1, 5))
def test_pairs_are_compared_by_what_they_share(groups, gram: int) -> None:
    means = []
    for group in groups:
        sets = [grams(each, gram) for each in group]
        pairs = [(a, b) for i, a in enumerate(sets) for b in sets[:i]]
        means.append(sum(1 - len(a & b) / len(a | b) for a, b in pairs) / len(pairs))
    assert pair_diversity(groups, gram=gram) == pytest.approx(sum(means) / len(means))


@given(COMPLETION, st.integers(2, 6))
def test_copies_have_no_pair_diversity_and_share_the_distinct_one(tokens, copies: int) -> None:
    assert pair_diversity([[tokens] * copies]) == 0
    assert 0 < distinct_diversity([[tokens] * copies]) <= 1 / copies


@BOTH
def test_strangers_are_as_diverse_as_can_be(measure) -> None:
    assert measure([[range(10), range(10, 20), range(20, 30)]]) == 1


@BOTH
@given(groups=st.lists(GROUP, min_size=1, max_size=3), prefix=st.integers(1, 12))
def test_what_comes_after_the_prefix_changes_nothing(measure, groups, prefix: int) -> None:
    whole = measure(groups, prefix=prefix)
    assert 0 <= whole <= 1
    assert whole == measure([[each[:prefix] for each in group] for group in groups])
    filled = [[each + [7] * (prefix - len(each)) for each in group] for group in groups]
    assert measure(filled, prefix=prefix) == measure(
        [[each + [8, 9] * 50 for each in group] for group in filled], prefix=prefix
    )


@BOTH
@given(group=GROUP)
def test_the_order_of_a_group_means_nothing(measure, group) -> None:
    assert measure([group]) == pytest.approx(measure([group[::-1]]))


@BOTH
def test_diversity_is_a_mean_over_prompts_not_between_them(measure) -> None:
    alike, unlike = [[1, 2, 3, 4]] * 2, [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert measure([alike, unlike]) == pytest.approx((measure([alike]) + measure([unlike])) / 2)


@BOTH
@pytest.mark.parametrize("groups", [[], [[]], [[[1, 2, 3, 4]]]])
def test_one_completion_alone_has_no_diversity(measure, groups) -> None:
    with pytest.raises(ValueError, match="two completions"):
        measure(groups)


def test_words_do_not_hang_on_blanks() -> None:
    assert words("x = f(a1,\n  2.5)") == ["x", "=", "f", "(", "a1", ",", "2", ".", "5", ")"]
