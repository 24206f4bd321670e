"""Programs that end a little over their limit: whose time alone it is, and what a report says where there is none."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from evaluator.grading.grader import Grader, open_grader
from evaluator.keys import Key
from evaluator.queueing.intake import Intake
from evaluator.queueing.quotas import Account, account, job_owner
from evaluator.schema import Report, RunRequest, Submission, Suite, Verdict
from evaluator.settings import Settings
from evaluator.suites import SuiteStore
from sandbox.calibrator import CpuCalibrator
from sandbox.contention import OF_HOLDER
from sandbox.toolchain import languages
from tests.waiting import until

BUSY = "import time\nwhile time.process_time() < {cpu_s}: pass\nprint('done')"


def suite_of(*tests: str, cpu_s: float) -> Suite:
    return Suite.model_validate(
        {"mode": "stdio", "tests": [{"input": each, "output": "done"} for each in tests], "limits": {"cpu_s": cpu_s}}
    )


@pytest.fixture
def grader(tmp_path: Path) -> Iterator[Grader]:
    """One whose programs are slowed down 1.4 times by others, as far as it can see."""
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process")) as opened:
        measured = iter([1.0])
        opened._sandbox._pool.calibrator = CpuCalibrator(lambda: next(measured, 1.4))
        opened._sandbox._pool.calibrator.calibrate()
        yield opened


def graded(grader: Grader, cpu_s: float, *, holder: str, tests: int = 1) -> Report:
    suite = suite_of(*map(str, range(tests)), cpu_s=1.0)
    submission = Submission(code=BUSY.format(cpu_s=cpu_s), suite=suite, policy="all")
    return grader.grade(submission, suite, holder)


@pytest.mark.parametrize(("cpu_s", "verdict"), [(1.05, Verdict.ACCEPTED), (1.41, Verdict.TIME_LIMIT_EXCEEDED)])
def test_a_report_says_that_a_program_was_not_run_again_alone(grader: Grader, cpu_s: float, verdict: Verdict) -> None:
    grader._sandbox._machine._allowance.charge("somebody", OF_HOLDER.most_s)
    report = graded(grader, cpu_s, holder="somebody")
    assert (report.verdict, report.beside_others, report.repeatable) == (verdict, True, False)
    reason = str(report.tests[0].reason)
    assert reason.startswith(f"used {report.tests[0].cpu_s:.2f} s of CPU time (")
    assert reason.endswith("(beside other programs, which slowed it down 1.40 times; it was not run again alone)")


def test_the_time_alone_is_the_holders_own(grader: Grader, tmp_path: Path) -> None:
    grader._sandbox._machine._allowance.charge("somebody", OF_HOLDER.most_s)
    assert not grader._sandbox._machine._allowance.covers("somebody", 1.0)

    def is_charged() -> bool:
        """Grade a late program: one that waited long for others need not run again alone."""
        graded(grader, 1.05, holder="somebody else")
        return "somebody else" in json.loads((tmp_path / "machine" / "spent").read_bytes())["left_s"]

    until(is_charged, "a late program ran alone")


def test_a_submission_of_many_late_tests_takes_its_time_alone_once(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.scheduler._EXCLUSIVE_S_PER_SUBMISSION", 2.0)
    report = graded(grader, 1.25, holder="somebody", tests=5)
    assert report.beside_others
    assert len(report.tests) == 5
    assert report.verdict is not Verdict.JUDGE_ERROR
    # No turn begins with less than it needs left: 1.1 s, and by the clock as much again on a busy machine.
    assert grader._sandbox._machine._allowance.covers("somebody", OF_HOLDER.most_s - 2.0 - 2.2 - 1.0)


def test_a_task_says_whose_key_it_came_with(tmp_path: Path) -> None:
    suite = suite_of("1", cpu_s=1.0)

    async def taken_in() -> list[str]:
        intake = Intake(8, SuiteStore(tmp_path, max_bytes=1 << 20))
        holders = []
        for key, owner in itertools.product((None, Account("a key's", Key(sha256="0" * 64))), ("", "a job's")):
            account.set(key)
            job_owner.set(owner)
            intake.grade([Submission(code="", suite=suite)])
            intake.run(RunRequest(code=""))
            while (waiting := intake._queue.peek()) is not None:
                holders.append(waiting.task.holder)
                intake._queue.take()
        return holders

    assert asyncio.run(taken_in()) == [*[""] * 2, *["a job's"] * 2, *["a key's"] * 2, *["a job's"] * 2]


@pytest.mark.parametrize(
    ("factors", "language", "cpu_s", "wall_s"),
    [
        ("{}", "cpp", 10, 30),
        ("{}", "go", 20, 60),
        ('{"golang": 3, "cpp": 0.5}', "go", 30, 90),
        ('{"cpp": 0.5}', "cpp", 5, 15),
    ],
)
def test_each_language_may_have_compile_limits_of_its_own(
    factors: str, language: str, cpu_s: float, wall_s: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROCODER_COMPILE_FACTORS", factors)
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process")) as grader:
        limits = grader._sandbox.compile_limits(languages()[language])
    assert (limits.cpu_s, limits.wall_s) == (cpu_s, wall_s)


@pytest.mark.parametrize("factors", ['{"cobal": 2}', '{"cpp": 0}', '{"cpp": "much"}', "2"])
def test_compile_factors_that_mean_nothing_are_refused(factors: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROCODER_COMPILE_FACTORS", factors)
    with pytest.raises(ValidationError, match="compile_factors"):
        Settings()
