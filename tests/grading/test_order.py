"""The order of tests: learnt from failures, kept on disk, never a matter of the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evaluator.grading.grader import Grader, open_grader
from evaluator.grading.order import TestOrder
from evaluator.schema import Submission, Suite, Verdict
from evaluator.settings import Settings
from sandbox.store import HashStore

COUNT = 30
SUITE = Suite.model_validate(
    {"mode": "stdio", "tests": [{"input": f"{n}\n", "output": f"{n}\n"} for n in range(COUNT)]}
)
WRONG = "n = int(input())\nprint(n if n != {0} else 'wrong')  # {1}"


def grade(grader: Grader, code: str) -> Any:
    return grader.grade(Submission(code=code, suite_id=SUITE.id), SUITE)


def test_a_test_that_fails_programs_comes_first_and_is_remembered(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, min_isolation="process")
    with open_grader(settings) as grader:
        for number in range(40):
            report = grade(grader, WRONG.format(17, number))
            assert (report.verdict, report.first_failure.index) == (Verdict.WRONG_ANSWER, 17)
        assert [test.index for test in report.tests] == [17], "the first that was run"
        assert grade(grader, "print(input())").verdict is Verdict.ACCEPTED
    with open_grader(settings) as grader:
        assert [test.index for test in grade(grader, WRONG.format(17, "later")).tests] == [17]


def test_what_takes_long_comes_last_unless_it_fails_most(tmp_path: Path) -> None:
    slow = "import time\nend = time.thread_time() + (0.1 if n in (3, 4) else 0)\nwhile time.thread_time() < end: pass\n"
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process")) as grader:
        for number in range(3):
            code = f"n = int(input())\n{slow}print(n if n != 4 else 'wrong')  # {number}"
            assert grade(grader, code).first_failure.index == 4
        order = grader._context.order.of(SUITE.id, COUNT, b"another")
        assert order[0] == 4, "slow, but it has failed all"
        for number in range(5):
            assert grade(grader, f"n = int(input())\n{slow}print(n)  # {number}").verdict is Verdict.ACCEPTED
        assert set(grader._context.order.of(SUITE.id, COUNT, b"another")[-2:]) == {3, 4}


def test_without_a_program_the_order_is_the_suites_and_with_one_its_own(tmp_path: Path) -> None:
    order = TestOrder(HashStore(tmp_path, max_bytes=1 << 20))
    assert order.of(None, 5, None) == [0, 1, 2, 3, 4]
    mixed = order.of(None, COUNT, b"print(1)")
    assert mixed == order.of(None, COUNT, b"print(1)") != order.of(None, COUNT, b"print(2)")
    assert sorted(mixed) == list(range(COUNT))
    assert mixed != order.of(SUITE.id, COUNT, b"print(1)") != order.of("sha256:0", COUNT, b"print(1)")
