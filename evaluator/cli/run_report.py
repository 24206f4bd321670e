"""``microcoder report``, and the report of ``microcoder score``: one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from evaluator.cli.errors import BadInput, bad_input
from evaluator.cli.terminal import Terminal
from evaluator.confinement import OverLimit
from evaluator.engine import VERSION
from evaluator.extraction.bounded import bounded
from evaluator.extraction.explanation import Explanation, explain, locate
from evaluator.web import report_page
from trainer_client.benchmarks import run_record
from trainer_client.benchmarks.task import BenchmarkProgram, BenchmarkTask

_OTHER_RULE = "taken by the benchmark's own rule: what stands between the last two lines with a fence"


def report_command(
    files: Annotated[
        list[Path], typer.Argument(help="Runs that were scored: SAMPLES.run.jsonl, or LiveCodeBench's _eval_all.json.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write.")] = Path("report.html"),
) -> None:
    """Write a report of one run, or of several beside each other: one HTML file that needs nothing but itself."""
    with bad_input():
        runs = [run_record.read(file) for file in files]
    write(runs, out)
    Terminal().print(f"Report: {out}")


def check(path: Path) -> None:
    """See that a report can be written there, before hours of grading.

    Raises:
        BadInput: it cannot.
    """
    target = _target(path)
    try:
        report_page("", {})
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("ab"):
            pass
        if target.stat().st_size == 0:
            target.unlink()
    except OSError as error:
        raise BadInput(f"the report {target} cannot be written: {error.strerror}: {error.filename}") from error


def _target(path: Path) -> Path:
    """The file of a report: ``path``, or ``report.html`` in it where it is a folder."""
    return path if path.suffix in (".html", ".htm") else path / "report.html"


def write(runs: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Write the report of runs and return its file."""
    target = _target(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    labels = [str(run["label"]) for run in runs]
    data = {"made_by": f"MicroCoder-Evaluator {VERSION}", "runs": runs}
    target.write_text(report_page(f"Run report: {', '.join(labels[:3])}", data), encoding="utf-8")
    return target


def explained(task: BenchmarkTask, program: BenchmarkProgram) -> dict[str, Any]:
    """Tell how a program was found in its answer; nothing where there was none."""
    answer = program.text if program.answer else program.origin
    if answer is None:
        return {}
    try:
        explanation = bounded(partial(explain, answer, program.language, task.suite), answer)
    except OverLimit as error:
        return {"why": f"reading the answer took {error}"}
    if not program.answer and explanation.program not in (program.text, _without_head(task, program)):
        explanation = locate(answer, _without_head(task, program), _OTHER_RULE)
    return _as_row(explanation, explanation.program if program.answer else program.text)


def _without_head(task: BenchmarkTask, program: BenchmarkProgram) -> str:
    """The program as it stands in the answer, without the prompt's imports and helpers before it."""
    return program.text.removeprefix(task.head).lstrip("\n") if task.head else program.text


def _as_row(explanation: Explanation, code: str | None) -> dict[str, Any]:
    parts = [{"kind": part.kind, "text": part.text, "why": part.why} for part in explanation.parts]
    return {"program": code, "answer": parts, "why": explanation.reason}
