"""The tests that share a process: those that are light, for this program and for those before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator.grading import test_runner
from evaluator.grading.grader import Grader, open_grader
from evaluator.schema import Submission, Suite, Verdict
from evaluator.settings import Settings
from sandbox.session import BatchEnd, BatchRequest, BatchResult, Session

COUNT, SLOW = 12, 5
SUITE = Suite.model_validate(
    {"mode": "stdio", "tests": [{"input": f"{n}\n", "output": f"{2 * n}\n"} for n in range(COUNT)]}
)
ONE_IS_SLOW = f"""import time
n = int(input())
while n == {SLOW} and time.thread_time() < 0.4: pass
print(2 * n)"""
SEEN = (
    "import json, time\nn = int(input()); seen = vars(json).setdefault('seen', [])\nagain = n in seen; seen.append(n)\n"
)
"""The inputs that it has read stay in a module of the library from test to test."""


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), min_isolation="process")
    with open_grader(settings) as opened:
        if not opened._sandbox.can_share:
            pytest.skip("the helper in C was not built")
        yield opened


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[BatchEnd | None]:
    """For each process None, and the way in which each of its batches ended."""
    seen: list[BatchEnd | None] = []
    start, run_batch = Session.__enter__, Session.run_batch

    def note_start(session: Session) -> Session:
        seen.append(None)
        return start(session)

    def note_batch(session: Session, batch: BatchRequest) -> BatchResult:
        result = run_batch(session, batch)
        seen.append(result.end)
        return result

    monkeypatch.setattr(test_runner, "_WALL_PATIENCE_S", 60.0)  # a busy machine ends no batch
    monkeypatch.setattr(test_runner, "_PROCESS_S", 1.0)  # nor does it make tests too slow to share
    monkeypatch.setattr(Session, "__enter__", note_start)
    monkeypatch.setattr(Session, "run_batch", note_batch)
    return seen


def verdict(grader: Grader, code: str, *, learns: bool = False) -> Verdict:
    """Grade it; only where the suite has a name something is learnt of it."""
    suite = {"suite_id": SUITE.id} if learns else {"suite": SUITE}
    report = grader.grade(Submission.model_validate({"code": code, "policy": "first_failure", **suite}), SUITE)
    assert report.verdict is not Verdict.ACCEPTED or len(report.tests) == COUNT
    return report.verdict


def test_a_slow_test_costs_those_beside_it_no_process_of_their_own(grader: Grader, ends: list[BatchEnd | None]) -> None:
    assert verdict(grader, ONE_IS_SLOW, learns=True) is Verdict.ACCEPTED
    assert ends.count(BatchEnd.GONE) <= 1, "nothing is known of the suite: it was met in a batch"
    assert ends.count(None) < COUNT / 2
    ends.clear()
    assert verdict(grader, f"{ONE_IS_SLOW}  # another", learns=True) is Verdict.ACCEPTED
    assert BatchEnd.GONE not in ends, "it took the program before too long to share a process"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("while again: pass\nprint(2 * n)", Verdict.ACCEPTED),
        ("while again: pass\nprint(2 * n if len(seen) > 1 else 'first')", Verdict.WRONG_ANSWER),
        ("print(2 * n if not again else 'again')", Verdict.ACCEPTED),
        # So long that the process asks for a further batch before it comes to the repeat.
        ("end = time.thread_time() + .007\nwhile time.thread_time() < end: pass\nprint(2 * n)", Verdict.ACCEPTED),
        ("end = time.thread_time() + .007\nwhile time.thread_time() < end: pass\nprint(2 * n * (not again))", Verdict.ACCEPTED),
    ],
    ids=["stalls when asked again", "needs a test before", "errs when asked again", "takes turns", "takes turns, errs"],
)  # fmt: skip
def test_what_is_not_confirmed_by_the_repeat_does_not_count(grader: Grader, code: str, expected: Verdict) -> None:
    assert verdict(grader, SEEN + code) is expected


def test_a_process_that_takes_several_turns_is_used_for_all_of_them(
    grader: Grader, ends: list[BatchEnd | None]
) -> None:
    code = "import time\nend = time.thread_time() + .007\nwhile time.thread_time() < end: pass\nprint(2 * int(input()))"
    assert verdict(grader, code) is Verdict.ACCEPTED
    assert ends.count(None) < COUNT / 2
