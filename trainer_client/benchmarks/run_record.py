"""A scored run as a file, ``SAMPLES.run.jsonl``: what a report needs, so that it can be made later.

The first line has the facts of the run, each other line a problem with its samples. The names are those that
``web/source/report/data.ts`` reads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluator.schema import Report, Suite, Verdict, write_json
from trainer_client.benchmarks.journal import rows
from trainer_client.benchmarks.report import Run, otherwise_line
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask

FORMAT = 2
"""In format 1 a problem's ``task_id`` was called ``id``."""
MAX_PROGRAM = 200_000
"""Characters of a program in a record."""
MAX_PART = 20_000
"""Characters of a part of an answer: a model's reasoning may be megabytes."""
Explain = Callable[[BenchmarkTask, BenchmarkProgram], Mapping[str, Any]]
"""From a program to what a record says of its answer: ``program``, ``answer`` (its parts) and ``why``."""
_LCB_CODES = {-2: Verdict.WRONG_ANSWER, -3: Verdict.TIME_LIMIT_EXCEEDED, -4: Verdict.RUNTIME_ERROR}
"""LiveCodeBench's ``error_code``."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a run: files, model and sampling."""

    benchmark: str
    problems: Path
    samples: Path | None = None
    model: str | None = None
    sampling: Mapping[str, Any] | None = None


def record(run: Run, origin: Origin, explain: Explain) -> dict[str, Any]:
    """Return a run as its record has it."""
    reports = [report for each in run.reports.values() for report in each]
    return {
        "format": FORMAT,
        "label": run.label,
        "benchmark": origin.benchmark,
        "source": "this scoring",
        "problems_file": origin.problems.name,
        "problems_sha256": identity(run.tasks),
        "samples_file": origin.samples and origin.samples.name,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": origin.model,
        "sampling": origin.sampling,
        "engines": sorted({report.engine for report in reports}),
        "isolation": sorted({report.isolation for report in reports if report.isolation}),
        "note": otherwise_line(run.score) if run.score.otherwise else None,
        "problems": [_problem(task, run, explain) for task in run.tasks],
    }


def identity(tasks: Sequence[BenchmarkTask]) -> str:
    """The hash of what was judged: each problem's name and suite, whatever file they came from."""
    digest = hashlib.sha256()
    for task in sorted(tasks, key=lambda task: task.id):
        digest.update(f"{task.id}\0{task.suite.id}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _problem(task: BenchmarkTask, run: Run, explain: Explain) -> dict[str, Any]:
    suite: Suite = task.base if run.base and task.base is not None else task.suite
    samples = zip(run.programs[task.id], run.reports[task.id], strict=True)
    return {
        "task_id": task.id,
        "kind": task.kind,
        "platform": task.platform,
        "prompt": task.question.user if task.question else "",
        "mode": suite.mode,
        "checker": suite.checker.model_dump(mode="json", exclude_defaults=False) if suite.checker else None,
        "limits": suite.limits.model_dump(mode="json"),
        "suite_id": suite.id,
        "function": suite.function.name if suite.function else None,
        "samples": [_sample(task, program, report, explain) for program, report in samples],
    }


def _sample(task: BenchmarkTask, program: BenchmarkProgram, report: Report, explain: Explain) -> dict[str, Any]:
    sample = {
        "program": program.text,
        "language": program.language,
        "report": report.model_dump(mode="json", exclude_defaults=True),
    }
    return shortened({**sample, **explain(task, program)})


def shortened(sample: dict[str, Any]) -> dict[str, Any]:
    """Cut what is too long to be read: of a part of an answer its middle, of a program its end."""
    program = sample.get("program")
    if program is not None and len(program) > MAX_PROGRAM:
        sample |= {"program": program[:MAX_PROGRAM], "cut": True}
    for part in sample.get("answer") or ():
        if len(text := part["text"]) > MAX_PART:
            half = MAX_PART // 2
            part["text"] = f"{text[:half]}\n[… {len(text) - MAX_PART} characters …]\n{text[-half:]}"
    return sample


def write(run: Mapping[str, Any], path: Path) -> None:
    """Write a record, or leave the file that there was as it is."""
    head = {name: value for name, value in run.items() if name != "problems"}
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        for row in [head, *run["problems"]]:
            file.write(write_json(row) + b"\n")
    part.replace(path)


def read(path: Path) -> dict[str, Any]:
    """Return the record of a file: ``.run.jsonl``, a ``.score.json`` beside one, or LiveCodeBench's
    ``_eval_all.json``.

    Raises:
        BadFile: it is none of these.
        OSError: it cannot be read.
    """
    if path.name.endswith(".score.json"):
        path = _beside(path)
    if path.suffix == ".json":
        return _of_livecodebench(path)
    lines = [row for _, row in rows(path)]
    if not lines or lines[0].get("format") not in (1, FORMAT):
        raise BadFile(
            f"{path} is no record of a run: give SAMPLES.run.jsonl, which `microcoder score` writes, or "
            "LiveCodeBench's _eval_all.json"
        )
    problems = [_of_format_1(row) for row in lines[1:]] if lines[0]["format"] == 1 else lines[1:]
    return {**lines[0], "format": FORMAT, "source": path.name, "problems": problems}


def _of_format_1(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {"task_id" if name == "id" else name: value for name, value in problem.items()}


def _beside(path: Path) -> Path:
    record = path.with_name(path.name.removesuffix(".score.json") + ".run.jsonl")
    if not record.exists():
        raise BadFile(
            f"{path} has scores alone, and there is no {record.name} beside it: score the samples again, which "
            "writes it and grades nothing that is in their .reports.jsonl"
        )
    return record


def _of_livecodebench(path: Path) -> dict[str, Any]:
    try:
        evaluated = _json(path)
        problems = [_lcb_problem(row) for row in evaluated]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(f"{path} is neither a record of a run nor an _eval_all.json: {error!r}") from error
    return {
        "format": FORMAT,
        "label": path.stem,
        "benchmark": "LiveCodeBench",
        "source": path.name,
        "engines": [],
        "isolation": [],
        "note": "Of this run only LiveCodeBench's own file is there: no times, and of outputs what its metadata has.",
        "problems": problems,
    }


def _json(path: Path) -> Iterable[Mapping[str, Any]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, list):
        raise ValueError("it is no list")
    return content


def _lcb_problem(row: Mapping[str, Any]) -> dict[str, Any]:
    codes, graded = row["code_list"], row["graded_list"]
    remarks = [*row.get("metadata", ()), *[None] * len(codes)]
    answers = [*row.get("output_list", ()), *[None] * len(codes)]
    return {
        "task_id": str(row["question_id"]),
        "kind": str(row.get("difficulty", "")),
        "platform": str(row.get("platform", "")),
        "prompt": str(row.get("question_content", "")),
        "samples": [
            _lcb_sample(code, right, remark, answer)
            for code, right, remark, answer in zip(codes, graded, remarks, answers, strict=False)
        ],
    }


def _lcb_sample(code: str, right: bool, remark: Any, answer: Any) -> dict[str, Any]:
    facts = json.loads(remark) if isinstance(remark, str) else remark or {}
    verdict = Verdict.ACCEPTED if right else _lcb_verdict(facts)
    failure = {name: facts[key] for name, key in (("input", "inputs"), ("expected", "expected"), ("output", "output"))
               if key in facts}  # fmt: skip
    report: dict[str, Any] = {
        "verdict": verdict,
        "score": float(right),
        "passed": 0,
        "total": 0,
        "reason": facts.get("reason") or facts.get("error_message"),
        "engine": "LiveCodeBench",
    }
    if failure and not right:
        report["first_failure"] = {"index": 0, "verdict": verdict, **failure}
    sample: dict[str, Any] = {"program": str(code), "language": "python", "report": report}
    if isinstance(answer, str) and answer and answer != code:
        sample["answer"] = [{"kind": "text", "text": answer}]
    return shortened(sample)


def _lcb_verdict(facts: Mapping[str, Any]) -> Verdict:
    if facts.get("verdict") in set(Verdict):
        return Verdict(facts["verdict"])
    return _LCB_CODES.get(facts.get("error_code", 0), Verdict.WRONG_ANSWER)
