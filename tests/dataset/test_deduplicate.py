"""Copies go, variants are grouped, and nothing is dropped along a chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.local import LocalService
from evaluator.schema import Suite
from tests.dataset.values import ServiceJudge, Unused, config, stored
from trainer_client import EvaluatorClient
from trainer_client.dataset.config import DeduplicateConfig
from trainer_client.dataset.deduplicate import deduplicate
from trainer_client.dataset.deduplicate.candidates import profile, propose
from trainer_client.dataset.row import Problem, Reference, Rejection, Verification
from trainer_client.dataset.store import SuiteFiles

TEXT = (
    "You are given an array nums of integers and a target. Return the sum of all numbers in the array that are larger "
    "than the target, each counted once for every time that it occurs in the array.\n\n1 <= nums.length <= {limit}"
)
CODE = "class Solution:\n    def {name}(self, nums, target):\n        return sum(n for n in nums if n > target)\n"
TESTS = [([[1, 5, 9, 12], 4], 26), ([[-3, 7, 22], 0], 29), ([[100, 250, 17], 99], 350), ([[], 3], 0)]


def summing(identity: str, suites: SuiteFiles, *, name: str = "total", text: str = TEXT, limit: int = 100) -> Problem:
    """A problem that sums what is larger than a target."""
    problem = Problem(
        identity,
        statement=text.format(limit=limit),
        io_mode="function",
        starter_code=f"class Solution:\n    def {name}(self, nums, target):\n        ",
        function_json={"name": name},
        references=(Reference(CODE.format(name=name)),),
    )
    return stored(problem, suite_of(name, TESTS), suites)


def suite_of(name: str, tests: list[tuple[list[Any], Any]]) -> Suite:
    given = [{"input": arguments, "output": output} for arguments, output in tests]
    return Suite.model_validate({"mode": "function", "function": {"name": name}, "tests": given})


@pytest.fixture
def suites(tmp_path: Path) -> SuiteFiles:
    return SuiteFiles(tmp_path / "suites")


@pytest.fixture
def judge(service: LocalService) -> Iterator[ServiceJudge]:
    with EvaluatorClient(service.url) as client:
        yield ServiceJudge(client)


def run(problems: list[Problem], suites: SuiteFiles, judge: Any) -> dict[str, Any]:
    settings: DeduplicateConfig = config().deduplicate
    return {each.id: each for each in deduplicate(problems, suites, judge, settings)}


def test_an_equal_text_goes_and_the_better_proven_stays(suites: SuiteFiles) -> None:
    weak = summing("a", suites)
    proven = summing("b", suites).evolve(verification=Verification(reference_ok=True, second_opinion=True))
    marked = summing("c", suites, text=f"<p>{TEXT}</p>".replace("nums", "<code>nums</code>"))
    for order in ([weak, proven, marked], [marked, weak, proven]):
        outcomes = run(order, suites, Unused())
        assert isinstance(outcomes["b"], Problem)
        for copy in ("a", "c"):
            rejection = outcomes[copy]
            assert isinstance(rejection, Rejection)
            assert (rejection.reason, rejection.evidence["kept"]) == ("exact_duplicate", "b")


def test_another_name_is_a_copy_by_its_behaviour(suites: SuiteFiles, judge: ServiceJudge) -> None:
    copy = summing("copy", suites, name="compute", text=TEXT.replace("nums", "values").replace("target", "bound"))
    outcomes = run([summing("own", suites), copy], suites, judge)
    rejected = [each for each in outcomes.values() if isinstance(each, Rejection)]
    assert [each.reason for each in rejected] == ["same_behaviour"]
    assert len(judge.submissions) == 2  # each one's reference on the other's tests, once


def test_another_story_with_the_same_tests_is_a_copy(suites: SuiteFiles, judge: ServiceJudge) -> None:
    story = "A farmer weighs apples and sells those above a mark. How much do the sold ones weigh together on that day?"
    outcomes = run([summing("own", suites), summing("story", suites, text=story, name="weigh")], suites, judge)
    assert sorted(type(each).__name__ for each in outcomes.values()) == ["Problem", "Rejection"]


def test_a_sequel_with_larger_limits_is_grouped(suites: SuiteFiles, judge: ServiceJudge) -> None:
    """Small tests cannot tell it apart: its limits do."""
    outcomes = run([summing("x-i", suites), summing("x-ii", suites, limit=100_000)], suites, judge)
    first, second = outcomes["x-i"], outcomes["x-ii"]
    assert isinstance(first, Problem)
    assert isinstance(second, Problem)
    assert first.group_id == second.group_id == "x-i"
    assert second.relation == "harder_variant"
    assert second.notes_json["deduplicate"]["harder"] == "x-ii"


def test_alike_texts_that_ask_for_other_things_both_stay(suites: SuiteFiles, judge: ServiceJudge) -> None:
    long = (
        TEXT
        + "\n\nThe numbers come in no order, may be negative, and need not differ; an empty array has the sum zero."
    )
    smaller = summing("smaller", suites, text=long.replace("larger", "smaller"))
    smaller = smaller.evolve(references=(Reference(CODE.format(name="total").replace(">", "<")),))
    below = [(given, sum(n for n in given[0] if n < given[1])) for given, _ in TESTS]
    smaller = stored(smaller, suite_of("total", below), suites)
    outcomes = run([summing("larger", suites, text=long), smaller], suites, judge)
    assert all(isinstance(each, Problem) for each in outcomes.values())
    assert outcomes["smaller"].relation == "near"


def test_few_small_tests_prove_nothing(suites: SuiteFiles, judge: ServiceJudge) -> None:
    """Fibonacci numbers and the identity agree on 1, 2 and 3."""
    problems = []
    for name, body in (
        ("climb", "a, b = 1, 1\n        for _ in range(n):\n            a, b = b, a + b\n        return a"),
        ("same", "return n"),
    ):
        text = f"The problem called {name} wants to know something about n that has to do with {name} and nothing else."
        code = f"class Solution:\n    def {name}(self, n):\n        {body}\n"
        problem = Problem(
            name, statement=text, io_mode="function", function_json={"name": name}, references=(Reference(code),)
        )
        problems.append(stored(problem, suite_of(name, [([n], n) for n in (1, 2, 3)]), suites))
    assert all(isinstance(each, Problem) for each in run(problems, suites, judge).values())


def test_a_chain_of_near_texts_does_not_clear_the_set(suites: SuiteFiles) -> None:
    """Each text differs a little from the next; without proof none goes, and groups have one representative."""
    vocabulary = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    texts = [" ".join(vocabulary[start : start + 120]) for start in range(0, 200, 8)]
    problems = [Problem(f"p{number:02d}", statement=text) for number, text in enumerate(texts)]
    outcomes = run(problems, suites, Unused())
    assert all(isinstance(each, Problem) for each in outcomes.values())
    groups = {each.group_id for each in outcomes.values() if isinstance(each, Problem)}
    assert 1 < len(groups) < len(problems)


def test_a_thousand_copies_make_a_thousand_pairs(suites: SuiteFiles) -> None:
    problems = [Problem(f"p{number:04d}", statement=TEXT) for number in range(1000)]
    outcomes = run(problems, suites, Unused())
    assert [each for each in outcomes.values() if isinstance(each, Problem)] == [problems[0].evolve(group_id="p0000")]


def test_thousands_of_a_template_are_compared_with_the_best_alone(suites: SuiteFiles) -> None:
    problems = [Problem(f"p{number:04d}", statement=f"{TEXT} This is exercise {number}.") for number in range(800)]
    profiles = [profile(each, None) for each in problems]
    assert len(propose(profiles, min_jaccard=0.4)) <= 64 * 800  # all pairs are 319,600
    outcomes = run(problems, suites, Unused())
    assert all(isinstance(each, Problem) for each in outcomes.values())
