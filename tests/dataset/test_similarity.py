"""Texts and programs that are compared without markup, case and names."""

from __future__ import annotations

import pytest

from trainer_client.dataset.bounds import bounds, limits
from trainer_client.dataset.code_similarity import fingerprints, tree_digest
from trainer_client.dataset.similarity import grams, jaccard, share_of, skeleton, words

PLAIN = "Given an array nums of n integers, return the largest sum of a subarray."
PROGRAM = """
class Solution:
    def largest(self, nums: list[int]) -> int:
        '''The largest sum.'''
        best = running = nums[0]
        for value in nums[1:]:
            running = max(value, running + value)
            if running > best:
                best = running
        return best
"""
RENAMED = """
from typing import *
class Answer:
    def compute(self, data):
        top = cur = data[0]  # so far
        for x in data[1:]:
            cur = max(x, cur + x)
            if cur > top: top = cur
        return top
"""


@pytest.mark.parametrize(
    "marked",
    [
        "<p>Given an array <code>nums</code> of <em>n</em> integers,&nbsp;return the <b>largest</b> sum of a subarray.</p>",
        "Given an array `nums` of *n* integers, return the **largest sum** of a [subarray](https://example.org/subarray).",
        "GIVEN AN ARRAY NUMS OF N INTEGERS, RETURN THE LARGEST SUM OF A SUBARRAY.",
        r"Given an array \texttt{nums} of $n$ integers, return the \emph{largest} sum of a subarray.",
    ],
)
def test_markup_and_case_do_not_count(marked: str) -> None:
    assert words(marked) == words(PLAIN)


def test_less_than_is_no_markup() -> None:
    assert words("if a < b and c > d then stop") == ["if", "a", "b", "and", "c", "d", "then", "stop"]


def test_names_do_not_count_in_a_skeleton() -> None:
    other = PLAIN.replace("nums", "values").replace(" n ", " k ")
    assert skeleton(other, {"values"}) == skeleton(PLAIN, {"nums"})
    assert skeleton("the longest word", {"nums"}) != skeleton("the shortest word", {"nums"})


def test_shares() -> None:
    whole, half = grams(list("abcdefgh"), 2), grams(list("abcde"), 2)
    assert jaccard(whole, half) == pytest.approx(4 / 7)
    assert share_of(half, whole) == 1.0
    assert jaccard(grams([], 2), whole) == 0.0


def test_limits_are_read_from_their_many_spellings() -> None:
    spelt = [
        "1 <= n <= 2 * 10^5",
        "1 <= n <= 200000",
        "1 ≤ n ≤ 200,000",
        r"$1 \le n \leq 2 \cdot 10^{5}$",
        "1 <= n <= 2e5",
    ]
    assert {bounds(each) for each in spelt} == {(1, 200000)}
    assert bounds("1 <= n <= 10<sup>5</sup>") == (1, 100_000)
    assert bounds("1 <= n <= 105") == (1, 100_000)  # as LeetCode's texts lose it
    assert limits("1 <= word1.length <= 50") == {50}


def test_a_renamed_program_is_the_same_tree() -> None:
    assert tree_digest(PROGRAM) == tree_digest(RENAMED) is not None
    assert tree_digest(PROGRAM) != tree_digest(PROGRAM.replace("max(", "min("))


def test_small_programs_have_no_digest() -> None:
    assert tree_digest("print(sum(map(int, input().split())))") is None
    assert tree_digest("this is no program") is None


def test_fingerprints_survive_edits_elsewhere() -> None:
    longer = PROGRAM + "\n\ndef other(values):\n    return sorted(set(values), key=lambda each: -each)[:3]\n"
    assert share_of(fingerprints(PROGRAM), fingerprints(longer)) > 0.8
    assert fingerprints("def broken(:").size == 0
