"""program mode: odd programs that are right are accepted, and their twins that stock runners refuse are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Report
from tests.grading.conftest import grade_in_full
from tests.grading.stock import run_stock, run_stock_each
from tests.sections import read

FOLDER = Path(__file__).with_name("programs")
LIMITS = {"cpu_s": 5, "wall_s": 20, "memory_mb": 1024}
_HEADERS = {"wrong", "wrong2", "entry", "without"}
REFUSED = {"wrong_answer", "runtime_error", "time_limit_exceeded"}


@dataclass(frozen=True)
class Case:
    """A right program with its tests, a wrong one, and why it may be refused where there is no reference."""

    name: str
    right: str
    wrong: str
    tests: str
    entry_point: str | None
    without: str | None

    def suite(self, *, reference: bool) -> dict[str, Any]:
        program: dict[str, Any] = {"test_code": self.tests}
        if self.entry_point:
            program["entry_point"] = self.entry_point
        if reference:
            program["reference"] = self.right
        return {"mode": "program", "limits": LIMITS, "program": program}


def cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.py")):
        for entry in read(path):
            if unknown := entry.headers.keys() - _HEADERS:
                raise ValueError(f"{path.name}, {entry.name}: what is {sorted(unknown)}?")
            wrong = entry.code
            for key in ("wrong", "wrong2"):
                if key in entry.headers:
                    old, _, new = entry.headers[key].partition(" => ")
                    if old not in wrong:
                        raise ValueError(f"{path.name}, {entry.name}: {old!r} is not there")
                    wrong = wrong.replace(old, new, 1)
            yield Case(
                name=f"{path.stem}-{entry.name}",
                right=entry.code,
                wrong=wrong,
                tests=entry.parts["tests"],
                entry_point=entry.headers.get("entry"),
                without=entry.headers.get("without"),
            )


CASES = list(cases())


def why(report: Report) -> str:
    return f"{report.verdict}: {report.reason}, {report.first_failure}, {report.trust}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_stock_runner_tells_right_from_wrong(packages_grader: Grader, case: Case) -> None:
    right, wrong = (
        run_stock(packages_grader, code, case.tests, entry_point=case.entry_point) for code in (case.right, case.wrong)
    )
    assert right.accepted, right.text
    assert not wrong.accepted


@pytest.mark.parametrize("case", CASES[::15], ids=lambda case: case.name)
def test_the_stock_runner_says_the_same_of_several_programs(packages_grader: Grader, case: Case) -> None:
    codes = [case.right, "while True: pass\n", case.wrong, "import os\nos._exit(0)\n", case.right]
    verdicts = run_stock_each(packages_grader, codes, case.tests, entry_point=case.entry_point, cpu_s=1.0, wall_s=20.0)
    assert [each.accepted for each in verdicts] == [True, False, False, False, True], verdicts


@pytest.mark.parametrize("reference", [True, False], ids=["reference", "none"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_right_is_accepted_and_wrong_refused(packages_grader: Grader, case: Case, reference: bool) -> None:
    suite = case.suite(reference=reference)
    right, wrong = grade_in_full(packages_grader, case.right, suite), grade_in_full(packages_grader, case.wrong, suite)
    if reference or case.without is None:
        assert right.verdict == "accepted", why(right)
    assert wrong.verdict in REFUSED, why(wrong)


@pytest.mark.parametrize("case", CASES[::5], ids=lambda case: case.name)
def test_twenty_runs_have_one_verdict(packages_grader: Grader, case: Case) -> None:
    suite = case.suite(reference=True)
    codes = [case.right] * 20 + [case.wrong] * 5
    # A comment makes each another program: a kept report is no run.
    verdicts = [
        grade_in_full(packages_grader, f"{code}\n# {number}\n", suite).verdict for number, code in enumerate(codes)
    ]
    assert len(set(verdicts[:20])) == 1, verdicts
    assert "accepted" not in verdicts[20:], verdicts


def test_there_are_programs_enough() -> None:
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)
