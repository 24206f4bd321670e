"""Tests that take long are put off: whoever fails another test does not use up a time limit before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.grading.test_runner import MAX_PUT_OFF
from evaluator.schema import Policy, Report, Submission, Suite, Verdict
from evaluator.settings import Settings

COUNT, LIMIT_S = 12, 1.5
SUITE = Suite.model_validate(
    {
        "mode": "stdio",
        "limits": {"cpu_s": LIMIT_S},
        "tests": [{"input": f"{n}\n", "output": f"{n}\n"} for n in range(COUNT)],
    }
)
BUSY = """import time
n = int(input())
while time.process_time() < ({long_s} if n in {long} else 0): pass
print(n if n not in {wrong} else 'wrong')
# {number}"""


@pytest.fixture
def grader(tmp_path: Path) -> Iterator[Grader]:
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process")) as opened:
        if not opened._sandbox.can_share:
            pytest.skip("the helper in C was not built")
        yield opened


def graded(
    grader: Grader, number: int, *, long: tuple[int, ...], wrong: tuple[int, ...] = (), long_s: float = 100.0,
    policy: Policy = "first_failure",
) -> Report:  # fmt: skip
    code = BUSY.format(long=long, wrong=wrong, long_s=long_s, number=number)
    submission = Submission(code=code, suite_id=SUITE.id, policy=policy)
    return grader.grade(submission, SUITE)


def test_a_program_that_never_ends_and_is_wrong_elsewhere_never_reaches_its_time_limit(grader: Grader) -> None:
    for number in range(3):  # each in an order of its own
        report = graded(grader, number, long=(4, 5), wrong=(9,))
        assert (report.verdict, report.first_failure and report.first_failure.index) == (Verdict.WRONG_ANSWER, 9)
        assert not {4, 5} & {test.index for test in report.tests}


def test_a_program_that_is_only_too_slow_reaches_its_time_limit_once(grader: Grader) -> None:
    report = graded(grader, 0, long=(4, 5))
    assert report.verdict is Verdict.TIME_LIMIT_EXCEEDED
    [late] = [test for test in report.tests if test.verdict is not Verdict.ACCEPTED]
    assert late.index in {4, 5}
    assert float(late.cpu_s or 0) > LIMIT_S
    assert report.passed == COUNT - 2, "all the others ran before"


def test_a_program_that_takes_long_in_more_tests_than_are_put_off_passes(grader: Grader) -> None:
    report = graded(grader, 0, long=tuple(range(MAX_PUT_OFF + 3)), long_s=0.4)
    assert (report.verdict, report.passed) == (Verdict.ACCEPTED, COUNT)


def test_all_tests_are_judged_where_all_are_asked_for(grader: Grader) -> None:
    report = graded(grader, 0, long=(4,), wrong=(9,), policy="all")
    assert report.passed == COUNT - 2
    assert {test.index: test.verdict for test in report.tests if test.verdict is not Verdict.ACCEPTED} == {
        4: Verdict.TIME_LIMIT_EXCEEDED,
        9: Verdict.WRONG_ANSWER,
    }
