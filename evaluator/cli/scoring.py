"""The work of ``microcoder score``: read or generate samples, grade them, show and keep the score."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from evaluator.cli import run_report
from evaluator.cli.errors import BadInput, bad_input
from evaluator.cli.grade import progress, service
from evaluator.confinement import OverLimit
from evaluator.extraction.bounded import extract_bounded
from evaluator.schema import Report
from trainer_client import EvaluatorClient
from trainer_client.benchmarks import report, run_record
from trainer_client.benchmarks.endpoint import Endpoint, EndpointRefused, Sampling
from trainer_client.benchmarks.generating import generate, missing
from trainer_client.benchmarks.generations import Generation
from trainer_client.benchmarks.journal import Journal, rows
from trainer_client.benchmarks.pass_at_k import paired_difference
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.run_record import Origin
from trainer_client.benchmarks.scoring import Score, TaskReports, grade_tasks, limit_by_references, score
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask

KS = (1, 5, 10, 100)
"""Values of k in pass@k, as far as there are samples."""
Programs = Mapping[str, Sequence[BenchmarkProgram]]


@dataclass(frozen=True, slots=True)
class Asking:
    """Options of a model that writes the samples that a file lacks."""

    model: Annotated[str | None, typer.Option(help="Model that writes the missing samples.")] = None
    base_url: Annotated[
        str,
        typer.Option(
            envvar="OPENAI_BASE_URL", help="The model's OpenAI-compatible endpoint; its key in OPENAI_API_KEY."
        ),
    ] = "http://127.0.0.1:8000/v1"
    n: Annotated[int, typer.Option("--n", min=1, help="Samples for each problem.")] = 1
    temperature: Annotated[float, typer.Option(min=0.0, help="Sampling temperature.")] = 0.2
    top_p: Annotated[float, typer.Option(min=0.0, max=1.0, help="Nucleus sampling's probability.")] = 0.95
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Most tokens of an answer, unless --max-response is given.")
    ] = 2000
    completions: Annotated[bool, typer.Option(help="Ask /completions to continue the prompt, as base models do.")] = (
        False
    )
    concurrency: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 16
    patience_s: Annotated[float, typer.Option(help="Give up once the endpoint has failed for this many seconds.")] = (
        600.0
    )


@dataclass(frozen=True, slots=True)
class Grading:
    """Options of grading and comparing samples."""

    max_response: Annotated[
        str | None,
        typer.Option(help="Response lengths in tokens, such as 4096,8192: one generation, a score for each."),
    ] = None
    grade: Annotated[bool, typer.Option(help="Grade the samples; --no-grade only generates.")] = True
    compare: Annotated[
        Path | None, typer.Option(help="Another run's .score.json or _eval_all.json to compare with.")
    ] = None
    report: Annotated[
        Path | None, typer.Option(help="HTML file for a report that shows each program, or a folder for it.")
    ] = None
    server: Annotated[str | None, typer.Option(help="URL of a running service; without it, one is started.")] = None
    workers: Annotated[int | None, typer.Option(help="Workers of the started service.")] = None


@dataclass(frozen=True, slots=True)
class Samples:
    """Programs by problem, at each length asked for (None: as they are), and the texts that they were found in."""

    by_length: Mapping[int | None, Programs]
    answers: Mapping[int | None, Mapping[str, Sequence[str]]]
    models: frozenset[str] = frozenset()
    """Models that the answers name as theirs."""

    @classmethod
    def programs(cls, programs: Programs, answers: Mapping[str, Sequence[str]], grading: Grading) -> Samples:
        if grading.max_response:
            raise BadFile("--max-response cuts generations (.jsonl), which say where their tokens end")
        return cls({None: programs}, {None: answers})

    @classmethod
    def generated(
        cls,
        tasks: Sequence[BenchmarkTask],
        file: Path,
        asking: Asking,
        grading: Grading,
        program: Callable[[BenchmarkTask, Generation], BenchmarkProgram],
    ) -> Samples:
        lengths = _lengths(grading)
        if asking.model is not None:
            _generate(tasks, file, asking, lengths)
        if not grading.grade:
            return cls({}, {})
        by_id = {task.id: task for task in tasks}
        generations: dict[str, list[Generation]] = {name: [] for name in by_id}
        for where, row in rows(file):
            each = Generation.of(row, where)
            if each.task_id in generations:
                generations[each.task_id].append(each)
        if absent := [name for name, each in generations.items() if not each]:
            raise BadFile(f"{file} has no sample for {len(absent)} problems; the first is {absent[0]}")
        cut = {
            length: {name: [g.cut(length) if length else g for g in each] for name, each in generations.items()}
            for length in lengths or (None,)
        }
        return cls(
            {
                at: {name: [program(by_id[name], g) for g in each] for name, each in of.items()}
                for at, of in cut.items()
            },
            {at: {name: [g.text for g in each] for name, each in of.items()} for at, of in cut.items()},
            frozenset(g.model for each in generations.values() for g in each if g.model),
        )


def origin_of(benchmark: str, problems: Path, samples: Path | None, read: Samples, asking: Asking) -> Origin:
    """Return where a run comes from. How old answers were sampled, their file does not say."""
    fields = ("n", "temperature", "top_p", "max_tokens")
    sampling = {name: getattr(asking, name) for name in fields} if asking.model else None
    return Origin(benchmark, problems, samples, ", ".join(sorted(read.models)) or asking.model, sampling)


def program_of(task: BenchmarkTask, generation: Generation) -> BenchmarkProgram:
    if generation.kind == "answer":
        return of_answer(task, generation.text)
    return task.completed(generation.text)


def of_answer(task: BenchmarkTask, answer: str) -> BenchmarkProgram:
    """Return the program in an answer, found as the service finds it. Where the prompt has imports or helpers they
    come before it, so that it must be found here."""
    program = None
    if task.head:
        with contextlib.suppress(OverLimit):  # the service says so
            program = extract_bounded(answer, task.language, task.suite)
    return task.whole(answer, answer=True) if program is None else replace(task.answered(program), origin=answer)


def _lengths(grading: Grading) -> tuple[int, ...]:
    try:
        lengths = tuple(sorted({int(part) for part in (grading.max_response or "").split(",") if part.strip()}))
    except ValueError as error:
        raise BadFile(
            f"--max-response takes numbers of tokens, such as 4096,8192, not {grading.max_response!r}"
        ) from error
    if lengths and lengths[0] < 1:
        raise BadFile("--max-response takes positive numbers of tokens")
    return lengths


def _generate(tasks: Sequence[BenchmarkTask], file: Path, asking: Asking, lengths: tuple[int, ...]) -> None:
    assert asking.model is not None
    sampling = Sampling(
        asking.model, asking.temperature, asking.top_p, max(lengths, default=asking.max_tokens),
        chat=not asking.completions, boundaries=len(lengths) > 1,
    )  # fmt: skip
    with Journal(file) as journal:
        open_samples = missing(tasks, sampling, asking.n, journal)
        with progress(open_samples.total(), "generating") as advance:

            async def run() -> None:
                key = os.environ.get("OPENAI_API_KEY")
                async with Endpoint(
                    asking.base_url, api_key=key, concurrency=asking.concurrency, patience_s=asking.patience_s
                ) as endpoint:
                    await generate(endpoint, tasks, sampling, open_samples, journal, advance)

            try:
                asyncio.run(run())
            except EndpointRefused as refusal:
                raise BadInput(str(refusal)) from refusal


def graded(origin: Origin, tasks: Sequence[BenchmarkTask], read: Samples, grading: Grading) -> list[Run]:
    """Grade a run for each length, and one more for the original tests of tasks that have more of them."""
    with contextlib.ExitStack() as stack:
        journal, samples = None, origin.samples
        if samples is not None:
            with bad_input():
                journal = stack.enter_context(Journal(samples.with_name(f"{samples.stem}.reports.jsonl")))
        url = stack.enter_context(service(grading.server, grading.workers))
        client = stack.enter_context(EvaluatorClient(url, timeout_s=None))
        with bad_input():
            tasks = limit_by_references(client, tasks, journal)
            pairs = [
                (task, program) for at in read.by_length for task in tasks for program in read.by_length[at][task.id]
            ]
            gradings = sum(1 + (task.base is not None) for task, _ in pairs)
            advance = stack.enter_context(progress(gradings))
            reports = iter(grade_tasks(client, pairs, journal, advance))
    by_length = {
        at: {task.id: [next(reports) for _ in programs[task.id]] for task in tasks}
        for at, programs in read.by_length.items()
    }
    runs = [_run(origin.benchmark, tasks, read, at, by_length[at], base=False) for at in by_length]
    if any(task.base is not None for task in tasks):
        runs += [_run(origin.benchmark, tasks, read, at, by_length[at], base=True) for at in by_length]
    for run in runs:
        _tell(run, samples)
    return runs


def _run(
    benchmark: str,
    tasks: Sequence[BenchmarkTask],
    read: Samples,
    at: int | None,
    graded_programs: Mapping[str, Sequence[TaskReports]],
    *,
    base: bool,
) -> Run:
    parts = (benchmark, "original tests" if base else "", f"at {at} tokens" if at else "")
    of = {
        name: [each.base if base and each.base is not None else each.extended for each in reports]
        for name, reports in graded_programs.items()
    }
    label = " ".join(filter(None, parts))
    return Run(label, at, base, tasks, read.by_length[at], read.answers[at], of, score(of, KS))


def _tell(run: Run, samples: Path | None) -> None:
    console = Console()
    console.print(f"[bold]{run.label}[/bold]", highlight=False)
    kinds = report.by_kind(run)
    if len(kinds) > 1:
        table = Table("", "problems", "pass@1")
        for kind, part in kinds.items():
            table.add_row(kind, str(len(part.by_problem)), f"{part.pass_at[1]:.4f}" if part.pass_at else "—")
        console.print(table)
    say(console, run.score)
    if samples is not None:
        _file(run, samples, "score.json").write_text(json.dumps(report.as_json(run), indent=1))


def _file(run: Run, samples: Path, kind: str) -> Path:
    """A file of a run, beside its samples."""
    ending = "".join(f".{part}" for part in (run.tokens, "base" if run.base else None) if part)
    return samples.with_name(f"{samples.stem}{ending}.{kind}")


def finish(runs: Sequence[Run], origin: Origin, grading: Grading) -> None:
    """Keep the runs, compare them, write what was asked for, and end the command."""
    console = Console()
    records = [run_record.record(run, origin, run_report.explained) for run in runs]
    if origin.samples is not None:
        for run, record in zip(runs, records, strict=True):
            run_record.write(record, _file(run, origin.samples, "run.jsonl"))
    if grading.compare is not None:
        with bad_input():
            compared(console, runs[0].score.by_problem, pass_at_1(grading.compare), str(grading.compare))
    paired = [run for run in runs if run.tokens and not run.base]
    for shorter, longer in itertools.pairwise(paired):
        compared(
            console, longer.score.by_problem, shorter.score.by_problem, f"{shorter.tokens} tokens, with {longer.tokens}"
        )
    if grading.report is not None:
        target = run_report.write(records, grading.report)
        console.print(f"Report: {target}", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(3 if any(run.score.unjudged for run in runs) else 0)


def say(console: Console, total: Score) -> None:
    figures = ", ".join(f"pass@{k} {value:.4f}" for k, value in total.pass_at.items()) or "no score"
    verdicts = ", ".join(f"{name} {count}" for name, count in sorted(total.verdicts.items()))
    console.print(f"{figures} over {len(total.by_problem)} problems ({verdicts}).", highlight=False, soft_wrap=True)
    if total.otherwise:
        console.print(report.otherwise_line(total), highlight=False, soft_wrap=True)
    if total.unjudged:
        console.print(
            f"[magenta]Not judged, and not counted: {len(total.unjudged)} problems, "
            f"such as {total.unjudged[0]}.[/magenta]"
        )


def say_unlike(reports: Mapping[str, Sequence[Report]], *, accepted: bool) -> None:
    """Name the authors' solutions that are not judged as they should be."""
    for name, [each] in reports.items():
        if (each.score == 1.0) is not accepted or each.score is None:
            why = each.reason or (each.first_failure.reason if each.first_failure else "") or ""
            Console().print(f"{name}: {each.verdict}: {why}", highlight=False, markup=False, soft_wrap=True)


def compared(console: Console, ours: Mapping[str, float], theirs: Mapping[str, float], name: str) -> None:
    try:
        difference = paired_difference(ours, theirs)
    except ValueError as error:
        raise BadFile(str(error)) from error
    common = len(ours.keys() & theirs.keys())
    console.print(
        f"Against {name}: {difference.mean:+.4f} pass@1 over {common} problems, "
        f"95 % between {difference.low:+.4f} and {difference.high:+.4f}.",
        highlight=False,
        soft_wrap=True,
    )


def pass_at_1(file: Path) -> dict[str, float]:
    try:
        content = json.loads(file.read_text())
        if isinstance(content, dict):
            return {str(name): float(value) for name, value in content["by_problem"].items()}
        return {str(row["question_id"]): float(row["pass@1"]) for row in content}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(f"{file} is neither a .score.json nor an _eval_all.json: {error!r}") from error
