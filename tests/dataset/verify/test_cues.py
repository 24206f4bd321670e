"""Cues that statements give about their answers."""

from __future__ import annotations

import pytest

from trainer_client.dataset.verify.cues import Cues, cues_of


@pytest.mark.parametrize(
    ("statement", "cues"),
    [
        ("You can return the answer in any order.", Cues(order=True)),
        ("Return the days. The order of the output does not matter.", Cues(order=True)),
        ("The order that the days are returned in does not matter.", Cues(order=True)),
        ("Return the *triplets* in `any order`.", Cues(order=True)),
        (
            "Notice that the order of the output and the order of the triplets does not matter in your answer.",
            Cues(order=True, nested=True),
        ),
        ("If there are multiple answers, print any.", Cues(many=True)),
        ("If there are several solutions, return any of them.", Cues(many=True)),
        ("Any answer which has the same similarity will be accepted.", Cues(many=True)),
        ("Return any valid n-bit gray code sequence.", Cues(many=True)),
        ("Answers within 10^-5 of the actual answer will be accepted.", Cues(decimal=True, tolerance=5)),
        (
            "Your answer is correct if its absolute or relative error does not exceed $10^{-6}$.",
            Cues(decimal=True, tolerance=6),
        ),
        ("Print the sum with an error of at most 0.001.", Cues(decimal=True, tolerance=3)),
        ("Any answer with a calculation error less than 10-5 will be accepted.", Cues(decimal=True, tolerance=5)),
        ("Return the answer in any arbitrary order.", Cues(order=True)),
        ("Any permutation of [3, 1, 2] is accepted.", Cues(order=True)),
        ("Return any permutation of the numbers that maximizes the sum.", Cues(many=True)),
        ("Notice that another valid answer is [3, 1], and it's also accepted.", Cues(many=True)),
        ("You may print every letter in any case (upper or lower).", Cues(case=True)),
    ],
)
def test_a_cue_is_found(statement: str, cues: Cues) -> None:
    assert cues_of(f"You are given a list of numbers. {statement} It is not empty.") == cues


@pytest.mark.parametrize(
    "statement",
    [
        "You may apply the operations in any order.",
        "Return the number of ways to arrange the pieces in increasing order.",
        "If there are multiple answers, return the smallest one.",
        "Return the minimum absolute difference between any two elements.",
        "If the lock displays any of these codes, it stops.",
        "Do not print any extra spaces.",
        "The input is not given in any order.",
        "The strings may have letters in upper or lower case.",
    ],
)
def test_what_is_not_about_answers_is_no_cue(statement: str) -> None:
    assert not cues_of(statement)
