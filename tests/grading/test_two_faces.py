"""A program that can tell how it is run has one answer to each test all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.schema import Verdict
from tests.grading.conftest import Grade
from tests.grading.two_faces import balanced_suite, programs

PROGRAMS = programs()
COUNTS = (2, 3, 6, 17, 65)
TIMES = ("a used process", "an old process")
"""Programs that go by what a busy machine decides: where each test has its own process they throw a coin. Of few tests
one is right too often."""
_MANY = 16


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_one_process_a_test_refuses_is_refused_where_tests_share_one(grade: Grade, name: str) -> None:
    mode, code = PROGRAMS[name]
    counts = [count for count in COUNTS if count >= _MANY] if any(sign in name for sign in TIMES) else COUNTS
    for seed, count in enumerate(counts):
        suite = balanced_suite(mode, count, seed)
        report = grade(code, suite, policy=("first_failure", "all")[seed % 2])
        assert report.verdict not in (Verdict.ACCEPTED, Verdict.JUDGE_ERROR), (count, report)


@pytest.mark.parametrize("policy", ["first_failure", "all"])
def test_a_submission_with_two_answers_to_one_test_is_graded_by_processes_of_its_own(grade: Grade, policy: str) -> None:
    """The answer is right in a process of its own and wrong in a shared one: by ``per_test`` the program is right."""
    code = "import os, stat\nn = int(input())\nprint(n if stat.S_ISFIFO(os.fstat(1).st_mode) else -1)"
    suite = {"mode": "stdio", "tests": [{"input": f"{n}\n", "output": f"{n}\n"} for n in range(20)]}
    shared, alone = (grade(code, {**suite, "isolation": how}, policy=policy) for how in ("shared", "per_test"))
    assert (shared.verdict, shared.passed) == (alone.verdict, alone.passed) == (Verdict.ACCEPTED, 20)


def test_nothing_of_shared_processes_counts_once_one_test_got_two_answers(grade: Grade) -> None:
    """In a shared process it fails some tests, in one of its own another."""
    code = "import os, stat\nn = int(input())\nalone = stat.S_ISFIFO(os.fstat(1).st_mode)\n"
    code += "print(-1 if (n == 5 if alone else n % 3 == 1) else n)"
    suite = {"mode": "stdio", "tests": [{"input": f"{n}\n", "output": f"{n}\n"} for n in range(20)]}
    report = grade(code, suite, policy="all")
    assert [test.index for test in report.tests if test.verdict is Verdict.WRONG_ANSWER] == [5]
    assert report.passed == 19


ROOT = Path(__file__).parents[2]
WITHOUT_HELPER = """
import tempfile
from pathlib import Path
from evaluator.grading.grader import open_grader
from evaluator.schema import Submission, Suite
from evaluator.settings import Settings

code = "import json\\nbefore = getattr(json, 'kept', 0); json.kept = before + 1\\nprint(before)"
suite = Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": "0\\n"}] * 8})
with open_grader(Settings(data_dir=Path(tempfile.mkdtemp(dir=".")), min_isolation="process")) as grader:
    report = grader.grade(Submission(code=code, suite=suite, policy="all"), suite)
    print(grader._sandbox.can_share, report.verdict, report.passed)
"""


def test_without_the_helper_each_test_has_its_own_process(tmp_path: Path) -> None:
    for package in ("evaluator", "sandbox", "trainer_client"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", WITHOUT_HELPER]
    said = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True)
    assert said == "False accepted 8\n"
