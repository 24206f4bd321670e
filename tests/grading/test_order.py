"""The order of tests: learnt from failures, kept on disk, never a matter of the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evaluator.checking.match import Match
from evaluator.grading import outcome
from evaluator.grading.grader import Grader, open_grader
from evaluator.grading.order import TestOrder
from evaluator.schema import Submission, Suite, Verdict
from evaluator.settings import Settings
from sandbox.execution import Execution
from sandbox.store import HashStore

COUNT = 30
SUITE = Suite.model_validate(
    {"mode": "stdio", "tests": [{"input": f"{n}\n", "output": f"{n}\n"} for n in range(COUNT)]}
)
WRONG = "n = int(input())\nprint(n if n != {0} else 'wrong')  # {1}"

OUTCOME = outcome.TestOutcome.compared(
    Execution(0, None, 0.1, 0.1, 0.0, 0, b"", b""), b"", Match(accepted=True), strict=True
)


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


def test_what_takes_long_comes_last_and_what_fails_most_before_it(tmp_path: Path) -> None:
    slow = "import time\nend = time.thread_time() + (0.1 if n in (3, 4) else 0)\nwhile time.thread_time() < end: pass\n"
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process")) as grader:
        for number in range(5):
            code = f"n = int(input())\n{slow}print(n if n not in (4, 7) else 'wrong')  # {number}"
            assert grade(grader, code).verdict is Verdict.WRONG_ANSWER
        order = grader._context.order.of(SUITE.id, COUNT, b"another")
        assert order[0] == 7, "it has failed all that it was run on, and is cheap"
        for number in range(5):
            assert grade(grader, f"n = int(input())\n{slow}print(n)  # {number}").verdict is Verdict.ACCEPTED
        assert set(grader._context.order.of(SUITE.id, COUNT, b"another")[-2:]) == {3, 4}


def learnt(order: TestOrder, number: int, *, failed: bool, cpu_s: float, times: int = 1) -> None:
    execution = Execution(0, None, cpu_s, cpu_s, 0.0, 0, b"", b"")
    result = outcome.TestOutcome.compared(execution, b"", Match(accepted=not failed), strict=True)
    for _ in range(times):
        order.learn(SUITE.id, {number: result})


def test_failures_for_each_second_decide(tmp_path: Path) -> None:
    order = TestOrder(HashStore(tmp_path, max_bytes=1 << 20))
    learnt(order, 0, failed=True, cpu_s=6.0, times=8)
    learnt(order, 1, failed=False, cpu_s=0.02, times=8)
    learnt(order, 2, failed=True, cpu_s=0.01, times=8)
    learnt(order, 3, failed=True, cpu_s=0.1, times=8)
    for code in (b"one", b"another", None):
        assert order.of(SUITE.id, 4, code) == [2, 3, 1, 0]
    assert order.of(SUITE.id, 5, None) == [2, 4, 3, 1, 0], "nobody ran the last: it may fail, and costs little"


def test_without_a_program_the_order_is_the_suites_and_with_one_its_own(tmp_path: Path) -> None:
    order = TestOrder(HashStore(tmp_path, max_bytes=1 << 20))
    assert order.of(None, 5, None) == [0, 1, 2, 3, 4]
    mixed = order.of(None, COUNT, b"print(1)")
    assert mixed == order.of(None, COUNT, b"print(1)") != order.of(None, COUNT, b"print(2)")
    assert sorted(mixed) == list(range(COUNT))
    assert mixed != order.of(SUITE.id, COUNT, b"print(1)") != order.of("sha256:0", COUNT, b"print(1)")


def test_before_any_program_ran_large_inputs_come_last(tmp_path: Path) -> None:
    order = TestOrder(HashStore(tmp_path, max_bytes=1 << 20))
    sizes = [1 << 20, 100, 1 << 17, 1 << 15, 10]
    numbers = order.of(SUITE.id, 5, b"print(1)", input_bytes=sizes.__getitem__)
    assert sorted(numbers[:2]) == [1, 4]
    assert numbers[2:] == [3, 2, 0]
    assert order.of(None, 5, None, input_bytes=sizes.__getitem__) == [1, 4, 3, 2, 0]


def test_workers_learn_from_each_others_first_programs(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, min_isolation="process")
    with open_grader(settings) as one, open_grader(settings) as other:
        for number in range(3):
            by_turns = (one, other)[number % 2]
            report = grade(by_turns, WRONG.format(17, number))
            assert report.first_failure.index == 17
            if number:
                assert [test.index for test in report.tests] == [17], "the other worker had seen it fail"
        assert grade(other, WRONG.format(5, 3)).first_failure.index == 5
        [first, *_] = one._context.order.of(SUITE.id, COUNT, b"another")
        known = one._context.order._learnt(SUITE.id).tests
    assert first in (5, 17)
    assert known[17].failed == 3


def test_what_two_workers_learnt_is_added_up(tmp_path: Path) -> None:
    store = HashStore(tmp_path, max_bytes=1 << 20)
    one, other = TestOrder(store), TestOrder(store)
    for _ in range(40):
        for order in (one, other):
            order.learn(SUITE.id, {0: OUTCOME})
    one.of(SUITE.id, COUNT, None)
    ran = one._learnt(SUITE.id).tests[0].ran
    assert 80 - 2 * 32 <= ran <= 80
