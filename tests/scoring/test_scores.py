"""pass@k, the bootstrap, LiveCodeBench's extraction."""

from __future__ import annotations

from itertools import combinations
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_client.benchmarks.journal import Journal, rows
from trainer_client.benchmarks.livecodebench import lcb_exact
from trainer_client.benchmarks.pass_at_k import paired_difference, pass_at_k


@given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(case: tuple[int, int, int]) -> None:
    n, passed, k = case
    draws = [any(number < passed for number in drawn) for drawn in combinations(range(n), k)]
    assert len(draws) == comb(n, k)
    assert pass_at_k(n, passed, k) == pytest.approx(sum(draws) / len(draws))


def test_pass_at_k_needs_k_samples() -> None:
    with pytest.raises(ValueError, match="pass@5 needs 5 samples"):
        pass_at_k(4, 1, 5)


def test_a_difference_comes_with_its_bounds() -> None:
    theirs = {str(n): float(n % 2) for n in range(200)}
    same = paired_difference(theirs, theirs)
    assert same == (0.0, 0.0, 0.0)
    better = paired_difference({**theirs, **{str(n): 1.0 for n in range(0, 40, 2)}}, theirs)
    assert better.mean == pytest.approx(0.1)
    assert 0.05 < better.low < better.mean < better.high < 0.15
    with pytest.raises(ValueError, match="in common"):
        paired_difference({"a": 1.0}, {"b": 1.0})


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("no fence", ""),
        ("```python\ncut off", ""),
        ("a\n```python\nx = 1\n```\nb", "x = 1"),
        ("```\nfirst\n```\nthen\n```python\nsecond\n```", "second"),
        ("```\nwhole\n```\nthen\n```python\ncut off", "then"),
        ("text ``` in a line\nbetween\n``` more", "between"),
    ],
)
def test_the_program_is_between_the_last_two_fences(text: str, program: str) -> None:
    assert lcb_exact(text) == program


@pytest.mark.parametrize("text", ["a\u2028b", "\x85", "\ud83d", "\u2029\r\n"])
def test_a_journal_holds_any_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.jsonl"
    for _ in range(2):
        with Journal(path) as journal:
            journal.write({"text": text})
    with Journal(path) as journal:
        assert journal.rows == [{"text": text}] * 2
    assert [row for _, row in rows(path)] == [{"text": text}] * 2
