"""program mode: a reference runs under two orders of sets, and what depends on them is required of nobody."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import ReferenceCheck, Suite, Trust
from tests.grading.conftest import Grade

WORDS = [f"word {number}" for number in range(40)]
PROGRAM = f"WORDS = {WORDS!r}\ndef first(): return next(iter(set(WORDS)))\ndef count(): return 1000 * len(set(WORDS))\n"
STYLES = {
    "script": "{assertion}\nassert count() == 40000\n",
    "check": "def check(candidate):\n    {assertion}\n    assert count() == 40000\ncheck(count)\n",
    "pytest": "def test_first():\n    {assertion}\n\ndef test_count():\n    assert count() == 40000\n",
}


@pytest.fixture
def first_word(grade: Grade) -> str:
    """The word that comes first in the process of a submission."""
    report = grade(PROGRAM, {"mode": "program", "program": {"test_code": "assert first() == 'none'"}})
    assert report.first_failure is not None
    return str(report.first_failure.output)


def checked(grader: Grader, test_code: str, **program: Any) -> tuple[ReferenceCheck, Trust]:
    spec = {"test_code": test_code, "reference": PROGRAM, **program}
    report = grader.check(Suite.model_validate({"mode": "program", "program": spec}))
    [test] = report.tests
    assert report.trust is not None
    assert test.reference is not None, test
    return test.reference, report.trust


@pytest.mark.parametrize("style", STYLES)
def test_what_depends_on_the_order_of_sets_is_noticed_apart(
    grader: Grader, grade: Grade, first_word: str, style: str
) -> None:
    assertion = f"assert first() == {first_word}"
    test_code = STYLES[style].format(assertion=assertion)
    reference, trust = checked(grader, test_code)
    assert (trust.way, reference.unsteady, reference.required) == ("apart", (assertion,), 1)
    assert trust.bits == 8  # the other assertion's
    suite = {"mode": "program", "program": {"test_code": test_code, "reference": PROGRAM}}
    assert grade(PROGRAM, suite).verdict == "accepted"
    assert grade(PROGRAM.replace("1000", "1001"), suite).verdict == "wrong_answer"


@pytest.mark.parametrize("style", STYLES)
def test_what_depends_on_the_order_of_sets_is_opened_sealed(grader: Grader, first_word: str, style: str) -> None:
    test_code = STYLES[style].format(assertion=f"assert first() == {first_word}")
    reference, trust = checked(grader, test_code, apart=False)
    assert (trust.way, reference.opened) == ("sealed", 1)
    assert reference.unsteady == (("test_first",) if style == "pytest" else ())


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "sealed"])
def test_what_does_not_depend_on_the_order_of_sets_is_steady(grader: Grader, apart: bool) -> None:
    test_code = "assert sorted({first(), 'a'}) and count() == 40000\nassert len(first()) > 4\n"
    reference, _ = checked(grader, test_code, apart=apart)
    assert (reference.opened, reference.unsteady) == (0, ())
