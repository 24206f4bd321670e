"""program mode: small suites whose meaning could change are judged as the stock runners judge them, or it is said why
not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Report
from tests.grading.conftest import grade_in_full
from tests.grading.stock import run_stock
from tests.sections import Entry, read

RIGHT, WRONG = "def f(x): return x + 1\n", "def f(x): return x + 2\n"
SUITES = read(Path(__file__).with_name("semantics.txt"))
LIMITS = {"cpu_s": 5, "wall_s": 20, "memory_mb": 1024}


def grade(grader: Grader, code: str, program: dict[str, Any]) -> Report:
    return grade_in_full(grader, code, {"mode": "program", "limits": LIMITS, "program": program})


@pytest.mark.parametrize("reference", [True, False], ids=["reference", "none"])
@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_small_suite_means_what_it_says(packages_grader: Grader, suite: Entry, reference: bool) -> None:
    program: dict[str, Any] = {"test_code": suite.code} | ({"reference": RIGHT} if reference else {})
    for code in (RIGHT, suite.parts.get("wrong", WRONG)):
        stock, report = run_stock(packages_grader, code, suite.code), grade(packages_grader, code, program)
        if "differs" in suite.headers:
            verdict, _, reason = suite.headers["differs"].partition(" - ")
            assert (report.verdict, reason in str(report.reason)) == (verdict, True), report
        else:
            said = f"{report.verdict}, {report.reason}, {report.first_failure}; stock: {stock}"
            assert (report.verdict == "accepted") == stock.accepted, said


def test_there_are_suites_enough() -> None:
    assert len(SUITES) >= 58
