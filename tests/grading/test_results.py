"""Reports kept by what was graded, and what is never kept."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.grading.results import Results
from evaluator.schema import Report, Submission, Suite, Verdict
from evaluator.settings import Settings
from sandbox.sources import Sources

PRINTS_ONE = Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": "1"}]})
# Right by chance: a run of it says nothing of the next one's process number.
WHO = "import os, random; print(random.getrandbits(200), os.getpid())"


@pytest.fixture
def grader(tmp_path: Path) -> Iterator[Grader]:
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process")) as opened:
        yield opened


def grade(grader: Grader, code: str, suite: Suite = PRINTS_ONE, **fields: Any) -> Report:
    return grader.grade(Submission.model_validate({"code": code, "suite_id": suite.id, **fields}), suite)


def test_the_same_program_for_the_same_suite_is_not_run_again(grader: Grader) -> None:
    first, again = grade(grader, WHO, id="a"), grade(grader, WHO, id="b")
    assert (first.cached, again.cached, again.id) == (False, True, "b")
    assert first.first_failure is not None
    assert first.first_failure == again.first_failure, "what it printed is the first run's"


@pytest.mark.parametrize("fields", [{"policy": "all"}, {"detail": "full"}, {"code": WHO + " "}])
def test_another_question_is_another_answer(grader: Grader, fields: dict[str, Any]) -> None:
    grade(grader, WHO)
    assert not grade(grader, **{"code": WHO, **fields}).cached


def test_another_suite_is_another_question(grader: Grader) -> None:
    grade(grader, "print(1)")
    assert not grade(grader, "print(1)", PRINTS_ONE.model_copy(update={"isolation": "per_test"})).cached


def test_packages_that_were_installed_since_count(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "runtime"], check=True)
    (packages,) = (tmp_path / "runtime").glob("lib/python*/site-packages")
    with open_grader(Settings(data_dir=tmp_path)) as grader:
        for _ in range(2):
            report = grade(grader, "import one_more; print(one_more.ONE)")
        assert (report.verdict, report.cached) == (Verdict.RUNTIME_ERROR, True)
        (packages / "one_more.py").write_text("ONE = 1")
        report = grade(grader, "import one_more; print(one_more.ONE)")
        assert (report.verdict, report.cached) == (Verdict.ACCEPTED, False)


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
def test_another_testlib_is_another_judge(tmp_path: Path) -> None:
    checker = {"kind": "program", "language": "cpp", "code": '#include "testlib.h"\nint main() { return STATUS; }'}
    suite = Suite.model_validate({"mode": "stdio", "checker": checker, "tests": [{"input": "", "output": "1"}]})
    testlib = tmp_path / "testlib.h"
    told = []
    for status in (0, 1, 1):
        testlib.write_text(f"#define STATUS {status}\n")
        with open_grader(Settings(data_dir=tmp_path, min_isolation="process", testlib=testlib)) as grader:
            report = grade(grader, "print(1)", suite)
            told.append((report.verdict, report.cached))
    assert told == [(Verdict.ACCEPTED, False), (Verdict.WRONG_ANSWER, False), (Verdict.WRONG_ANSWER, True)]


def test_a_verdict_of_the_wall_clock_is_not_kept(grader: Grader) -> None:
    short = Suite.model_validate({**PRINTS_ONE.model_dump(), "limits": {"wall_s": 0.2}})
    for _ in range(2):
        report = grade(grader, "import time; time.sleep(60)", short)
        assert (report.verdict, report.wall_only, report.cached) == (Verdict.TIME_LIMIT_EXCEEDED, True, False)


def test_a_fault_of_the_judge_is_not_kept(grader: Grader) -> None:
    broken = Suite.model_validate(
        {
            "mode": "stdio",
            "tests": [{"input": "", "output": "1"}],
            "checker": {"kind": "program", "language": "python", "code": "1/0"},
        }
    )
    for _ in range(2):
        report = grade(grader, "print(1)", broken)
        assert (report.verdict, report.score, report.cached) == (Verdict.JUDGE_ERROR, None, False)


def test_nothing_is_kept_where_that_is_switched_off(tmp_path: Path) -> None:
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process", results_mb=0)) as grader:
        assert not any(grade(grader, WHO).cached for _ in range(2))


def sources_of(submission: Submission) -> Sources:
    return Sources(str(submission.code).encode())


def report_of(submission: Submission) -> Report:
    return Report(verdict=Verdict.ACCEPTED, score=1.0, passed=1, total=1, engine="x", reason=submission.code)


def test_those_used_least_lately_make_room(tmp_path: Path) -> None:
    asked = [Submission(code=f"{number}" + "x" * 4096, suite_id=PRINTS_ONE.id) for number in range(1024)]
    results = Results(tmp_path / "results.sqlite", max_bytes=2 << 20)
    for submission in asked:
        results.put(submission, sources_of(submission), (), report_of(submission))
        assert results.get(asked[0], sources_of(asked[0]), ()) is not None, "it is used all the time"
    kept = [results.get(each, sources_of(each), ()) is not None for each in asked]
    assert kept == sorted(kept[:1]) + sorted(kept[1:]), "the first, and the last that were kept"
    assert 64 < sum(kept) < len(asked)
    results.close()
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 8 << 20


def test_many_processes_may_begin_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Results(tmp_path / "results.sqlite", 1 << 20), range(32)))
    assert caplog.records == []


def test_a_broken_file_costs_a_line_in_the_log_and_no_verdict(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "results.sqlite").write_bytes(b"no database" * 1000)
    with open_grader(Settings(data_dir=tmp_path, min_isolation="process")) as grader:
        assert grade(grader, "print(1)").verdict is Verdict.ACCEPTED
    assert [record.levelno for record in caplog.records if record.name == "evaluator.grading.results"] == [
        logging.ERROR
    ]
