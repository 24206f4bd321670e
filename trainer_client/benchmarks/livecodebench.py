"""LiveCodeBench's problems and the files of its ``custom_evaluator``.

By lcb_runner/benchmarks/code_generation.py, runner/custom_evaluator.py and evaluation/ of LiveCodeBench/LiveCodeBench:
either side can grade what the other wrote. We ship no problems: the JSONL files of code_generation_lite are read from
where the user has them.
"""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from evaluator.schema import FirstFailure, Report, Suite, Verdict
from evaluator.schema.shapes.livecodebench import cases_of
from trainer_client.benchmarks import lcb_prompt
from trainer_client.benchmarks.catalogue import BenchmarkSource
from trainer_client.benchmarks.journal import rows
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask, check_samples
from trainer_client.suites import from_inputs_outputs

TIMEOUT_S = 6.0
"""LiveCodeBench's, for each test."""
Rules = Literal["own", "livecodebench", "lighteval"]
"""Rules by which a suite runs programs."""
RELEASES = {f"release_v{last}": tuple(range(1, last + 1)) for last in range(1, 7)} | {
    f"v{first}" + ("" if first == last else f"_v{last}"): tuple(range(first, last + 1))
    for first in range(1, 7)
    for last in range(first, 7)
}
"""Numbers of the files test.jsonl, test2.jsonl, ... of each release."""
V6_PROBLEMS = {"atcoder": (26, 26, 60), "leetcode": (17, 26, 20)}
"""The slice v6: problems by platform that are easy, medium and hard; 175 together."""
_CODES = {
    Verdict.ACCEPTED: True,
    Verdict.WRONG_ANSWER: -2,
    Verdict.TIME_LIMIT_EXCEEDED: -3,
    Verdict.JUDGE_ERROR: -5,
    Verdict.CANCELLED: -5,
}
_RUNTIME_ERROR = -4
_MESSAGES = {-2: "Wrong Answer", -3: "Time Limit Exceeded", -4: "Runtime Error", -5: "Not judged"}
_ROW_FIELDS = ("question_title", "question_content", "platform", "question_id", "contest_id", "contest_date",
         "starter_code", "difficulty")  # fmt: skip


@dataclass(frozen=True, slots=True)
class LiveCodeBenchProblem:
    """One problem with all its tests, public and private, in that order."""

    row: Mapping[str, Any]
    tests: tuple[Mapping[str, str], ...]
    function: str | None

    @property
    def id(self) -> str:
        return str(self.row["question_id"])

    @property
    def difficulty(self) -> str:
        return str(self.row["difficulty"])

    @property
    def platform(self) -> str:
        return str(self.row["platform"])

    @property
    def day(self) -> date:
        """Day of its contest."""
        return datetime.fromisoformat(str(self.row["contest_date"])).date()

    @property
    def suite(self) -> Suite:
        """Compared by LiveCodeBench's rule (checker ``lcb``), under its time limit."""
        columns = {
            "inputs": [test["input"] for test in self.tests],
            "outputs": [test["output"] for test in self.tests],
            "fn_name": self.function,
        }
        return from_inputs_outputs(columns, checker={"kind": "lcb"}, limits={"cpu_s": TIMEOUT_S, "memory_mb": 4096})

    @property
    def task(self) -> BenchmarkTask:
        """The problem as a task, which all benchmarks have."""
        return self.task_by("own")

    def task_by(self, rules: Rules) -> BenchmarkTask:
        """Return the problem as a task whose programs run by some rules: the service's own, or an evaluator's."""
        question = lcb_prompt.question(str(self.row["question_content"]), str(self.row["starter_code"] or ""))
        suite = self.suite if rules == "own" else self.suite.model_copy(update={"rules": rules})
        return BenchmarkTask(
            self.id, suite, question, kind=self.difficulty, platform=self.platform, date=self.day.isoformat()
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice of problems."""

    first_day: date | None = None
    last_day: date | None = None
    platforms: frozenset[str] = frozenset()
    difficulties: frozenset[str] = frozenset()

    def has(self, problem: LiveCodeBenchProblem) -> bool:
        """Tell if a problem is one of them. Both days are included, as LiveCodeBench has it."""
        return (
            (self.first_day is None or problem.day >= self.first_day)
            and (self.last_day is None or problem.day <= self.last_day)
            and (not self.platforms or problem.platform in self.platforms)
            and (not self.difficulties or problem.difficulty in self.difficulties)
        )


def check_release(release: str) -> None:
    """See that there is such a release.

    Raises:
        BadFile: there is none.
    """
    if release not in RELEASES:
        raise BadFile(f"unknown release {release!r}; known are release_v1 to release_v6, v1 to v6, and v1_v2 to v5_v6")


def files_of(folder: Path, release: str) -> list[Path]:
    """The files of a release.

    Raises:
        BadFile: there is no such release, or a file is not there.
    """
    check_release(release)
    files = [folder / name for name in _names(release)]
    missing = [file.name for file in files if not file.exists()]
    if missing:
        raise BadFile(f"{folder} lacks {', '.join(missing)}, which {release} needs")
    return files


def hub_files(release: str) -> list[Path]:
    """Load the files of a release from the hub, or from what it has loaded before.

    Raises:
        BadFile: there is no such release, or they cannot be had.
    """
    check_release(release)
    names = tuple(_names(release))
    return BenchmarkSource("livecodebench", "LiveCodeBench", "livecodebench/code_generation_lite", files=names).find()


def _names(release: str) -> list[str]:
    return [f"test{'' if number == 1 else number}.jsonl" for number in RELEASES[release]]


def read(files: Sequence[Path], selection: Selection = Selection()) -> list[LiveCodeBenchProblem]:  # frozen
    """The problems of JSONL files, by id as LiveCodeBench sorts them. Read line by line: the files are gigabytes.

    Raises:
        BadFile: a line is no problem.
    """
    problems = (problem for file in files for problem in _problems(file) if selection.has(problem))
    return sorted(problems, key=lambda problem: problem.id)


def _problems(file: Path) -> Iterator[LiveCodeBenchProblem]:
    for where, row in rows(file):
        try:
            problem = problem_of(row)
            row.clear()  # its tests may have gigabytes, and the next row is read while this one is held
            yield problem
        except (ValueError, KeyError, TypeError, zlib.error, pickle.UnpicklingError) as error:
            raise BadFile(f"{where}: not a problem of LiveCodeBench: {error!r}") from error


def problem_of(row: Mapping[str, Any]) -> LiveCodeBenchProblem:
    """A problem of a row.

    Raises:
        ValueError, KeyError, TypeError, zlib.error, pickle.UnpicklingError: it is none.
    """
    tests = cases_of(row)
    name = json.loads(row["metadata"]).get("func_name") if row.get("metadata") else None
    functional = any(test["testtype"] == "functional" for test in tests)
    return LiveCodeBenchProblem({key: row.get(key) for key in _ROW_FIELDS}, tuple(tests), name if functional else None)


def is_v6(problems: Sequence[LiveCodeBenchProblem]) -> bool:
    """Tell if these are all problems of the slice v6, by how many there are of each kind."""
    counts = {
        platform: tuple(
            sum(problem.platform == platform and problem.difficulty == level for problem in problems)
            for level in ("easy", "medium", "hard")
        )
        for platform in V6_PROBLEMS
    }
    return counts == V6_PROBLEMS and len(problems) == sum(map(sum, V6_PROBLEMS.values()))


def read_samples(
    file: Path, problems: Sequence[LiveCodeBenchProblem], *, limit: int | None = None, partial: bool = False
) -> dict[str, list[str]]:
    """Programs by problem, from ``custom_evaluator``'s input: ``[{"question_id", "code_list"}]``, or lists of programs
    alone in the order of the problems. Those of other problems are left out. ``limit``: of the first so many problems
    alone. ``partial``: a problem may be without programs.

    Raises:
        BadFile: it is neither, or a problem has no programs.
    """
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadFile(f"{file} is not JSON: {error}") from error
    match rows:
        case [{"question_id": _, "code_list": _}, *_]:
            samples = {str(row["question_id"]): list(row["code_list"]) for row in rows}
        case [[*_], *_] if len(rows) == len(problems):
            samples = {problem.id: list(codes) for problem, codes in zip(problems, rows, strict=True)}
        case _:
            raise BadFile(
                f"{file} is neither a list of question_id and code_list nor {len(problems)} lists of programs"
            )
    chosen = {problem.id: samples.get(problem.id) or [] for problem in problems[:limit]}
    check_samples(chosen, file, partial=partial)
    return chosen


def program(answer: str, *, tolerant: bool = False) -> BenchmarkProgram:
    """The program in a model's answer by LiveCodeBench's rule, or with ``tolerant`` by the service's own."""
    return BenchmarkProgram(answer, answer=True) if tolerant else BenchmarkProgram(lcb_exact(answer), origin=answer)


def lcb_exact(text: str) -> str:
    """Return the text between the last two lines that hold a fence; nothing where there are fewer
    (lcb_runner/utils/extraction_utils.py, extract_code).

    The rule takes the wrong part of an answer that was cut inside its last block: it is there for scores that are to be
    compared with published ones. The service's own extraction is ``response`` in place of ``code``.
    """
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if "```" in line]
    return "\n".join(lines[fences[-2] + 1 : fences[-1]]) if len(fences) >= 2 else ""


def codes(report: Report) -> list[bool | int]:
    """A report as LiveCodeBench has it: True for each test up to the first that failed, then why it did: -2 wrong
    answer, -3 time limit, -4 runtime error, -5 not judged."""
    if report.verdict is Verdict.ACCEPTED:
        return [True] * report.total
    return [True] * report.passed + [_CODES.get(report.verdict, _RUNTIME_ERROR)]


def remarks(report: Report) -> dict[str, Any]:
    """Return the metadata of a sample as LiveCodeBench's ``run_test`` gives it, with our verdict and reason. Its
    prompt for self-repair is made of it."""
    failure = report.first_failure
    reason = report.reason or (failure.reason if failure else None)
    facts: dict[str, Any] = {"verdict": report.verdict, "reason": reason}
    if report.verdict is Verdict.ACCEPTED:
        return facts
    code = _CODES.get(report.verdict, _RUNTIME_ERROR)
    log = report.compile.log if report.compile is not None and not report.compile.ok else None
    facts |= {"error_code": code, "error_message": _MESSAGES[code], "error": log or _end_of(failure) or reason or ""}
    parts = failure or FirstFailure(index=0, verdict=report.verdict)
    return facts | {"inputs": parts.input, "output": parts.output, "expected": parts.expected}


def _end_of(failure: FirstFailure | None) -> str | None:
    """The last line of what a program wrote to stderr, which of a traceback is the error."""
    lines = str(failure.stderr or "").strip().splitlines() if failure is not None else []
    return lines[-1] if lines else None


def official_files(
    problems: Sequence[LiveCodeBenchProblem],
    samples: Mapping[str, Sequence[str]],
    answers: Mapping[str, Sequence[str]],
    reports: Mapping[str, Sequence[Report]],
    metrics: Mapping[str, Any],
) -> dict[str, Any]:
    """The contents of ``custom_evaluator``'s three output files, by what their names end with."""
    output = [{**p.row, "output_list": [*answers[p.id]], "code_list": [*samples[p.id]]} for p in problems]
    results = {str(i): [codes(report) for report in reports[p.id]] for i, p in enumerate(problems)}
    metadata = [[json.dumps(remarks(report)) for report in reports[p.id]] for p in problems]
    graded = [[report.verdict is Verdict.ACCEPTED for report in reports[p.id]] for p in problems]
    evaluated = [
        {**row, "graded_list": each, "pass@1": sum(each) / len(each), "metadata": texts}
        for row, each, texts in zip(output, graded, metadata, strict=True)
    ]
    return {"": output, "_eval": [dict(metrics), results, metadata], "_eval_all": evaluated}
