"""The examples of docs/program-suites.md: each data set's tests, given as the page says, judge a right program so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.grading.conftest import Grade

PAGE = Path(__file__).parents[2] / "docs" / "program-suites.md"
EXAMPLES = dict(re.findall(r"^## (.+?)$.*?^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("data_set", EXAMPLES)
def test_a_public_suite_is_judged_as_the_page_says(data_set: str, grade: Grade) -> None:
    example: dict[str, Any] = {}
    exec(EXAMPLES[data_set], example)
    right = grade(example["program"], example["suite"])
    assert (right.verdict, right.trust and right.trust.way) == ("accepted", example["way"]), right
    wrong = grade(example["program"] + _broken(example["program"]), example["suite"])
    assert wrong.verdict in ("wrong_answer", "runtime_error"), wrong


def _broken(program: str) -> str:
    """Every function and class of a program, defined again to return nothing."""
    names = re.findall(r"^(?:def|class) (\w+)", program, re.MULTILINE)
    return "".join(f"def {name}(*arguments, **named):\n    return None\n" for name in names)
