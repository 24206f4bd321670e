"""The comparison that holds, shown by programs that the real service runs once each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from evaluator.schema import Suite
from tests.dataset.verify.conftest import CountingJudge, Verifier
from trainer_client.dataset.row import Reference
from trainer_client.dataset.verify.cues import Cues
from trainer_client.dataset.verify.ladder import Choice, Evidence, climb, output_mutants
from trainer_client.dataset.verify.table import AnswerTable

THIRD = "print(1 / int(input()))"
LINES = "print(1); print(2)"
BACKWARDS = "print(2); print(1)"


def stdio(*tests: tuple[str, str]) -> Suite:
    return Suite.model_validate({"mode": "stdio", "tests": [{"input": i, "output": o} for i, o in tests]})


def function(*tests: tuple[list[Any], Any]) -> Suite:
    rows = [{"input": given, "output": expected} for given, expected in tests]
    return Suite.model_validate({"mode": "function", "function": {"name": "f"}, "tests": rows})


def climbed(
    judge: CountingJudge,
    suite: Suite,
    right: Sequence[str],
    wrong: Sequence[str] = (),
    cues: Cues | None = None,
    **more: Any,
) -> Choice:
    table = AnswerTable(judge, suite, [Reference(each) for each in (*right, *wrong)])
    evidence = Evidence(table, range(len(right)), range(len(right), len(right) + len(wrong)), **more)
    return climb(evidence, cues or Cues())


def kind(choice: Choice) -> Any:
    return None if choice.checker is None else choice.checker.model_dump(exclude_none=True, exclude_defaults=True)


def test_each_program_runs_once_whatever_the_number_of_comparisons(verifier: Verifier) -> None:
    before = len(verifier.judge.asked)
    choice = climbed(verifier.judge, stdio(("3", "0.333333")), [THIRD, "print('0.3333334')"], ["print('0.3')"])
    assert kind(choice) == {"kind": "float", "abs": 1e-6}
    assert len(choice.trials) > 5
    assert len(verifier.judge.asked) - before == 3


def test_the_floor_is_never_exact(verifier: Verifier) -> None:
    choice = climbed(verifier.judge, stdio(("", "1 2\n")), ["print('1 2 ')"])
    assert (kind(choice), choice.status) == ({"kind": "lines"}, "unproven")


def test_references_that_agree_need_no_relaxation(verifier: Verifier) -> None:
    choice = climbed(verifier.judge, stdio(("", "1\n2\n")), [LINES, "print('1\\n2')"], ["print(1)"])
    assert (kind(choice), choice.status) == ({"kind": "lines"}, "proven")


def test_one_reference_against_the_tests_is_no_disagreement(verifier: Verifier) -> None:
    assert kind(climbed(verifier.judge, stdio(("", "1\n2\n")), [BACKWARDS])) is None
    assert kind(climbed(verifier.judge, stdio(("", "1\n2\n")), [BACKWARDS], trusted=True)) == {
        "kind": "unordered",
        "of": "lines",
    }


def test_references_that_disagree_show_what_may_differ(verifier: Verifier) -> None:
    choice = climbed(verifier.judge, stdio(("", "1\n2\n")), [LINES, BACKWARDS], ["print(1); print(3)"])
    assert (kind(choice), choice.status, choice.differ) == ({"kind": "unordered", "of": "lines"}, "proven", True)
    refused = climbed(verifier.judge, stdio(("", "1\n2\n")), [LINES, BACKWARDS], ["print(2, end=' '); print(1)"])
    assert kind(refused) == {"kind": "unordered", "of": "lines"}


def test_a_wrong_program_rules_a_relaxation_out(verifier: Verifier) -> None:
    choice = climbed(verifier.judge, stdio(("", "1\n2\n")), [LINES, "print(2); print(1); 0"], [BACKWARDS])
    assert kind(choice) is None
    assert "accepts 1 wrong programs" in choice.why


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        (Cues(order=True), {"kind": "unordered"}),
        (Cues(order=True, nested=True), {"kind": "unordered", "nested": True}),
        (Cues(many=True), None),
        (Cues(decimal=True, tolerance=5), {"kind": "json"}),
        (Cues(case=True), {"kind": "json"}),
    ],
)
def test_a_cue_alone_relaxes_what_it_names(verifier: Verifier, cues: Cues, expected: Any) -> None:
    suite = function(([1], [[1, 2], [3, 4]]))
    choice = climbed(verifier.judge, suite, ["def f(x): return [[1, 2], [3, 4]]"], cues=cues)
    assert kind(choice) == expected
    if expected and expected["kind"] == "unordered":
        assert choice.status == "cue_only"


def test_a_tolerance_that_the_statement_names_is_the_tolerance(verifier: Verifier) -> None:
    suite = function(([1], 0.5))
    choice = climbed(verifier.judge, suite, ["def f(x): return 0.5"], cues=Cues(decimal=True, tolerance=3))
    assert kind(choice) == {"kind": "float", "abs": 1e-3, "rel": 1e-3}


def test_two_cues_at_once_are_beyond_a_comparison(verifier: Verifier) -> None:
    suite = function(([1], [0.5, 1.5]))
    choice = climbed(verifier.judge, suite, ["def f(x): return [0.5, 1.5]"], cues=Cues(order=True, decimal=True))
    assert kind(choice) is None
    assert choice.floor_is_wrong


def test_outputs_too_long_to_travel_are_compared_by_the_service(verifier: Verifier) -> None:
    words = " ".join(map(str, range(30_000)))
    backwards = "print(*range(29999, -1, -1))"
    suite = stdio(("", words))
    choice = climbed(verifier.judge, suite, ["print(*range(30000))", backwards], ["print(*range(1, 30001))"])
    assert (kind(choice), choice.status) == ({"kind": "unordered", "of": "tokens"}, "proven")


def test_corrupted_outputs_tell_strict_checkers_from_loose_ones() -> None:
    suite = function(([1], [1, 2, 3]))
    [strict, loose] = [
        dict(output_mutants(checker, suite))
        for checker in (
            suite.effective_checker,
            suite.model_validate({**suite.model_dump(), "checker": {"kind": "unordered"}}).value_checker,
        )
    ]
    assert all(strict.values())
    assert [name for name, refused in loose.items() if not refused] == ["elements swapped", "elements reversed"]
