"""A language model's texts for ``verify`` are believed as far as they were tried: a real service, our endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dataset.verify.conftest import Verifier
from tests.scoring.conftest import Model
from trainer_client.dataset.config import LlmConfig
from trainer_client.dataset.llm import CachedModel
from trainer_client.dataset.row import KnownWrong, Problem

STEPS = ["attempts", "generator", "validator"]
FIRST = "numbers = list(map(int, input().split()))\nprint(max(numbers) - min(numbers))\n"
SECOND = (
    "import sys\nvalues = sorted(int(each) for each in sys.stdin.readline().split())\nprint(values[-1] - values[0])\n"
)
WRONG = "numbers = list(map(int, input().split()))\nprint(numbers[-1] - numbers[0])\n"
SORTED = {"mode": "stdio", "tests": [{"input": f"1 2 {n}\n", "output": f"{n - 1}\n"} for n in range(3, 9)]}
"""Tests that do not tell the first and last number from the least and greatest."""
GENERATOR = "import sys\nseed = int(sys.argv[1])\nprint(seed % 7, seed % 5, seed % 3)\n"
VALIDATOR = "import sys\nsys.exit(0 if all(0 <= int(each) < 100 for each in sys.stdin.read().split()) else 1)\n"


class Author:
    """Answers each step's prompt with a program; an attempt with the one of its turn."""

    def __init__(self) -> None:
        self.attempts = [SECOND, WRONG, "", SECOND]
        self.generator, self.validator = GENERATOR, VALIDATOR
        self.asked = 0

    def answer(self, asked: dict[str, Any]) -> list[str]:
        self.asked += 1
        prompt = asked["messages"][-1]["content"]
        if "makes test inputs" in prompt:
            program = self.generator
        elif "is valid" in prompt:
            program = self.validator
        else:
            program = self.attempts[asked["seed"]]
        return [f"I tried ```python\nprint(0)\n``` first.</think>\n```python\n{program}```" if program else "No idea."]


@pytest.fixture
def author(verifier: Verifier, tmp_path: Path) -> Iterator[Author]:
    author = Author()
    model = Model(author.answer)
    verifier.llm_config = {"url": model.url, "model": "author", "steps": STEPS}
    llm = CachedModel(LlmConfig.model_validate(verifier.llm_config), tmp_path / "llm.jsonl")
    verifier.llm = llm
    yield author
    llm.close()
    model.close()


def verified(verifier: Verifier, suite: dict[str, Any], **fields: Any) -> Problem:
    row = verifier.verify(suite, [FIRST], statement="Print the greatest minus the least number.", **fields)
    assert isinstance(row, Problem)
    return row


def test_attempts_are_second_opinions_or_wrong_programs_and_a_pass_rate(verifier: Verifier, author: Author) -> None:
    telling = {**SORTED, "tests": [*SORTED["tests"], {"input": "5 1 9 2\n", "output": "8\n"}]}
    row = verified(verifier, telling)
    assert row.verification.second_opinion is True
    assert [each.origin for each in row.references] == ["first", "attempt of author"]
    assert [(each.origin, bool(each.killed_by)) for each in row.known_wrong if each.code == WRONG] == [
        ("attempt of author", True)
    ]
    assert [(rate.model, rate.k, rate.c) for rate in row.passes] == [("author", 3, 2)]
    assert row.notes_json["verify"]["attempts_without_program"] == 1


def test_a_weak_suite_gets_inputs_of_the_generator_and_refuses_the_wrong_attempt(
    verifier: Verifier, author: Author
) -> None:
    row = verified(verifier, SORTED, settings={"generate_inputs": 12})
    notes = row.notes_json["verify"]
    assert notes["attempts_refuted"] == 1
    assert [(rate.k, rate.c) for rate in row.passes] == [(3, 2)]
    assert [each.code for each in row.references] == [FIRST, SECOND]
    assert any(each.code == WRONG and each.killed_by for each in row.known_wrong)
    assert notes["inputs_by_model"] > 5
    assert notes["validator"].startswith("it refuses 0 of")
    assert notes["tests_generated"] > 0
    assert "weak_tests" not in row.quarantine


def test_what_is_no_input_of_the_suite_s_form_is_none(verifier: Verifier, author: Author) -> None:
    author.generator = "print('{\"a\": ')\n"
    tests = [{"input": [[1, 2, n]], "output": n - 1} for n in range(3, 9)]
    suite = {"mode": "function", "function": {"name": "span"}, "tests": tests}
    survivor = KnownWrong("def span(numbers):\n    return numbers[-1] - numbers[0]\n")
    row = verifier.verify(suite, ["def span(numbers):\n    return max(numbers) - min(numbers)\n"], [survivor])
    assert isinstance(row, Problem)
    assert row.notes_json["verify"]["inputs_by_model"] == 0


def test_a_validator_keeps_out_what_breaks_the_constraints(verifier: Verifier, author: Author) -> None:
    author.generator = "import sys\nprint(1000, int(sys.argv[1]), 1)\n"
    row = verified(verifier, SORTED, settings={"generate_inputs": 4})
    suite = verifier.suites.get(row.suite_id)
    assert not any("1000" in str(test.input) for test in suite.tests)
    assert row.notes_json["verify"]["validator"].startswith("it refuses 4 of")


def test_a_validator_that_refuses_the_suite_s_own_inputs_is_not_used(verifier: Verifier, author: Author) -> None:
    author.validator = "raise SystemExit(1)\n"
    row = verified(verifier, SORTED, settings={"generate_inputs": 8})
    assert row.notes_json["verify"]["validator"] == "it refuses an input of the suite, so it is not used"
    assert row.notes_json["verify"]["tests_generated"] > 0


def test_a_wrong_attempt_alone_backs_no_new_test(verifier: Verifier, author: Author) -> None:
    """It and the reference differ on new inputs: nobody knows which is right."""
    author.attempts = [WRONG] * 4
    row = verified(verifier, SORTED, settings={"generate_inputs": 12})
    suite = verifier.suites.get(row.suite_id)
    outputs = {str(test.input): str(test.output) for test in suite.tests}
    assert all(
        int(out) == max(map(int, given.split())) - min(map(int, given.split())) for given, out in outputs.items()
    )


def test_nothing_is_asked_without_a_reference(verifier: Verifier, author: Author) -> None:
    row = verifier.verify(SORTED, [])
    assert isinstance(row, Problem)
    assert row.quarantine[0] == "no_reference"
    assert not author.asked
