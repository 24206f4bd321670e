"""Problems that a benchmark has are kept out: by text, by solution, by behaviour; what only sounds alike stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.local import LocalService
from tests.dataset.problem_set import leetcode_row, write_rows
from tests.dataset.test_deduplicate import TEXT, suites, summing
from tests.dataset.values import Listed, ServiceJudge, Unused, config, context
from trainer_client import EvaluatorClient
from trainer_client.dataset.decontaminate import DecontaminateStage, decontaminate
from trainer_client.dataset.decontaminate.benchmarks import BenchmarkProblem
from trainer_client.dataset.row import Problem, Reference, Rejection
from trainer_client.dataset.sources import BadSource
from trainer_client.dataset.store import SuiteFiles

__all__ = ["suites"]
LONG = (
    "A lighthouse keeper writes down the height of the tide every hour of the night. She wants to know the longest run of "
    "hours during which the water never fell by more than k centimetres from one hour to the next. Print the length of "
    "that run, or zero if the water fell by more every hour. The first line holds n and k, the second the n heights."
)
OTHER = (
    "In a library every shelf holds books of one colour only. A reader borrows books from left to right until the shelf "
    "changes colour and then begins again at the far end. Count how many different colours she has seen when the reading "
    "room closes, given the sequence of shelves and the number of books that she can carry home in a single evening."
)
SHORT = "Return the number of vowels in a string, y not included."
CODE = """
def longest(heights, k):
    best = current = 0
    for before, after in zip(heights, heights[1:]):
        current = current + 1 if before - after <= k else 0
        best = max(best, current)
    return best
"""
ITEMS = [
    BenchmarkProblem("bench", Problem("bench/tide", statement=LONG, references=(Reference(CODE),))),
    BenchmarkProblem("bench", Problem("bench/vowels", statement=SHORT)),
]


@pytest.fixture
def judge(service: LocalService) -> Iterator[ServiceJudge]:
    with EvaluatorClient(service.url) as client:
        yield ServiceJudge(client)


def outcome(problem: Problem, suites: SuiteFiles, judge: Any = None, items: list[BenchmarkProblem] = ITEMS) -> Any:
    others = [Problem(f"other{n}", statement=f"{OTHER} This is library number {n}.") for n in range(3)]
    settings = config().decontaminate
    found = {each.id: each for each in decontaminate([problem, *others], items, suites, judge or Unused(), settings)}
    assert all(isinstance(found[each.id], Problem) for each in others)
    return found[problem.id]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (LONG, "same_text"),
        (f"<p>{LONG.upper()}</p>", "same_text"),
        (LONG[: len(LONG) // 2], "ngrams"),
        (f"{OTHER} {OTHER.lower()} {LONG} And so on, as the saying goes.", "ngrams"),
        (SHORT, "same_text"),
        (f"{OTHER} {SHORT}", "contained"),
        ("She wants to know the longest run of hours during which the water never fell", "contained"),
    ],
)
def test_a_text_of_the_benchmark_is_found(statement: str, reason: str, suites: SuiteFiles) -> None:
    found = outcome(Problem("own", statement=statement), suites)
    assert isinstance(found, Rejection)
    assert found.reason == reason
    assert found.evidence["benchmark"] == "bench"


def test_a_clean_problem_says_what_is_nearest(suites: SuiteFiles) -> None:
    near = (
        OTHER + " A lighthouse keeper writes down the height of the tide every hour of the night. She wants to sleep."
    )
    found = outcome(Problem("own", statement=near), suites)
    assert isinstance(found, Problem)
    assert found.decontamination_json["nearest"] == "bench/tide"
    assert 0 < found.decontamination_json["max16"] < 0.22


def test_a_solution_of_the_benchmark_is_found_under_another_text(suites: SuiteFiles) -> None:
    renamed = CODE.replace("heights", "xs").replace("current", "run").replace("longest", "solve")
    found = outcome(Problem("own", statement=OTHER, references=(Reference(renamed),)), suites)
    assert isinstance(found, Rejection)
    assert (found.reason, found.evidence["nearest"]) == ("solution", "bench/tide")


def test_a_retelling_with_the_same_tests_is_found_by_behaviour(suites: SuiteFiles, judge: ServiceJudge) -> None:
    item = summing("bench/total", suites).evolve(references=())
    retold = summing("own", suites, text=OTHER, name="weigh")
    found = outcome(retold, suites, judge, [*ITEMS, BenchmarkProblem("bench", item)])
    assert isinstance(found, Rejection)
    assert (found.reason, found.evidence["nearest"]) == ("same_behaviour", "bench/total")


def test_a_phrase_that_many_use_is_no_contamination(suites: SuiteFiles) -> None:
    phrase = (
        "There is an undirected tree with n nodes numbered from zero to n minus one, given as an array edges of pairs "
        "where edges of i says that there is an edge between both nodes in the tree"
    )
    item = BenchmarkProblem("bench", Problem("bench/tree", statement=f"{phrase}. {LONG}"))
    problems = [
        Problem(f"own{n}", statement=f"{phrase}. Color number {n} counts: find what {n} {OTHER[10 * n : 90 + 40 * n]}")
        for n in range(8)
    ]
    found = list(decontaminate(problems, [item], suites, Unused(), config().decontaminate))
    assert all(isinstance(each, Problem) for each in found)


def test_many_copies_do_not_make_an_item_a_phrase(suites: SuiteFiles) -> None:
    copies = [Problem(f"copy{n}", statement=f"Task {n}. {LONG} Good luck with task {n}!") for n in range(30)]
    found = list(decontaminate(copies, ITEMS, suites, Unused(), config().decontaminate))
    assert all(isinstance(each, Rejection) for each in found)


def test_benchmarks_are_read_as_sources_are(tmp_path: Path, judge: ServiceJudge) -> None:
    file = write_rows(tmp_path / "bench.jsonl.gz", [leetcode_row(7), leetcode_row(8)])
    named = {"format": "leetcodedataset", "files": [str(file)], "name": "later"}
    given = context(tmp_path, judge, decontaminate={"benchmarks": [named]})
    own = Problem("own", statement=leetcode_row(8)["problem_description"])
    clean = Problem("clean", statement=TEXT)
    found = {each.id: each for each in DecontaminateStage().apply_all(Listed([clean, own]), given)}
    assert found["own"].evidence["nearest"] == "later/add-008"
    assert isinstance(found["clean"], Problem)


def test_a_benchmark_that_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "bench.jsonl", [{"task_id": "x"}])
    named = {"format": "leetcodedataset", "files": [str(file)]}
    given = context(tmp_path, decontaminate={"benchmarks": [named]})
    with pytest.raises(BadSource, match=r"bench\.jsonl:1: no problem of a benchmark"):
        list(DecontaminateStage().apply_all(Listed([]), given))
