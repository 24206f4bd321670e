"""The memory of an API process: by minute, bounded, and to each key its own."""

from __future__ import annotations

from typing import Any

from evaluator.activity import MINUTES, Activity
from evaluator.schema import Report, Submission, Verdict
from evaluator.written_report import WrittenReport

SUITE = {"mode": "stdio", "tests": [{"input": "", "output": ""}]}


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


def submission(code: str = "pass", **fields: Any) -> Submission:
    return Submission.model_validate({"code": code, "suite": SUITE, **fields})


def written(verdict: str, **fields: Any) -> WrittenReport:
    score = None if verdict == "judge_error" else float(verdict == "accepted")
    report = {"verdict": verdict, "score": score, "passed": 0, "total": 1, "engine": "0", **fields}
    return WrittenReport.of(Report.model_validate(report))


def test_reports_are_counted_by_minute_and_old_minutes_are_forgotten() -> None:
    clock = Clock()
    activity = Activity(now=clock)
    for number in range(100):
        activity.graded(submission(), written("accepted", run_s=number / 100), "", None)
    clock.now += 60
    activity.graded(submission(), written("wrong_answer", run_s=3), "", None)
    minutes = activity.minutes()
    assert len(minutes) == MINUTES
    assert [each.reports for each in minutes[-2:]] == [100, 1]
    assert (minutes[-2].p50_s, minutes[-2].p95_s) == (0.49, 0.94)
    assert minutes[-1].verdicts == {Verdict.WRONG_ANSWER: 1}
    assert minutes[0].p50_s is None
    clock.now += 60 * MINUTES
    assert sum(each.reports for each in activity.minutes()) == 0


def test_judge_errors_are_told_to_whose_they_are() -> None:
    activity = Activity()
    for holder in ("alice", "bob"):
        activity.graded(submission(), written("judge_error", reason=f"of {holder}"), holder, f"request of {holder}")
    assert [each.reason for each in activity.errors("alice")] == ["of alice"]
    assert [each.request_id for each in activity.errors(None)] == ["request of bob", "request of alice"]


def test_nothing_is_kept_unless_it_is_asked_for_and_then_no_more_than_that() -> None:
    silent, kept = Activity(), Activity(limit=3)
    for number in range(5):
        for activity in (silent, kept):
            activity.graded(submission(id=f"run-1/{number}"), written("accepted", id=f"run-1/{number}"), "", None)
    assert silent.verdicts(None).count == 0
    assert [each.id for each in kept.verdicts(None).notes] == ["run-1/4", "run-1/3", "run-1/2"]
    assert kept.verdicts(None, name="/3").count == 1
    assert kept.verdicts("somebody").count == 0


def test_shares_tell_what_a_trainer_has_to_know() -> None:
    activity = Activity(limit=10)
    relaxed = {"tests": [{"index": 0, "verdict": "accepted", "strict": False}]}
    missing = {"reason": "ModuleNotFoundError: No module named 'numpy'"}
    for verdict, facts in (("accepted", relaxed), ("runtime_error", missing), ("no_code", {}), ("accepted", {})):
        activity.graded(submission(), written(verdict, **facts), "", None)
    seen = activity.verdicts(None)
    assert (seen.no_code, seen.missing_module, seen.relaxed) == (0.25, 0.25, 0.25)
    assert seen.scores == (2, 0, 0, 0, 0, 0, 0, 0, 0, 2)
    assert [each.report.verdict for each in activity.verdicts(None, verdict=Verdict.NO_CODE).notes] == ["no_code"]


def test_what_is_long_is_kept_short() -> None:
    activity = Activity(limit=1)
    tests = [{"index": n, "verdict": "wrong_answer", "stdout": "x" * 5000} for n in range(20)]
    activity.graded(submission("x" * 100_000), written("wrong_answer", reason="so", tests=tests), "", None)
    [note] = activity.verdicts(None).notes
    assert len(note.code) == 16 * 1024
    assert (note.report.tests, note.report.reason) == ((), "so")
