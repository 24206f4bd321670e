"""Tasks with original tests and more: in which order they run, and within which limits."""

from __future__ import annotations

from evaluator.schema import Submission, Verdict
from tests.scoring.test_languages import TWICE
from trainer_client import EvaluatorClient
from trainer_client.benchmarks.functions import task_of
from trainer_client.benchmarks.scoring import grade_tasks, limit_by_references
from trainer_client.benchmarks.task import BenchmarkProgram
from trainer_client.testing import FakeService, report

TASK = task_of(TWICE)
RIGHT, WRONG = BenchmarkProgram("def twice(n): return 2 * n"), BenchmarkProgram("def twice(n):\n    while True: pass")


def test_a_program_that_fails_the_original_tests_is_not_run_on_all() -> None:
    def judge(submission: Submission) -> str:
        return "accepted" if submission.code == RIGHT.text else "time_limit_exceeded"

    done: list[int] = []
    with FakeService(judge) as service, EvaluatorClient(service.url) as client:
        right, wrong = grade_tasks(client, [(TASK, RIGHT), (TASK, WRONG)], on_done=done.append)
        graded = [submission.code for submission in service.submissions]
    assert sorted(graded) == sorted([RIGHT.text, WRONG.text, RIGHT.text])
    assert right.base is not None
    assert (right.base.verdict, right.extended.verdict) == (Verdict.ACCEPTED, Verdict.ACCEPTED)
    assert wrong.extended == wrong.base
    assert sum(done) == 4


def test_limits_follow_the_authors_solution_above_a_floor() -> None:
    for cpu_s, limit_s in ((0.01, 10.0), (1.5, 30.0), (7.0, 60.0)):
        accepted = report("accepted", tests=[{"index": 0, "verdict": "accepted", "cpu_s": cpu_s}])
        with FakeService(lambda _, accepted=accepted: accepted) as service, EvaluatorClient(service.url) as client:  # type: ignore[misc]
            [limited] = limit_by_references(client, [TASK])
        assert limited.base is not None
        assert (limited.suite.limits.cpu_s, limited.base.limits.cpu_s) == (limit_s, limit_s)


def test_a_task_whose_solution_is_not_accepted_keeps_its_limit() -> None:
    with FakeService("wrong_answer") as service, EvaluatorClient(service.url) as client:
        assert limit_by_references(client, [TASK]) == [TASK]
