"""``microcoder score``: a benchmark's problems and a model's programs in, its score out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from evaluator.cli.grade import BadInput, progress, service
from evaluator.schema import Report, Suite
from trainer_client import EvaluatorClient
from trainer_client.benchmarks import functions, livecodebench
from trainer_client.benchmarks.extraction import lcb_exact
from trainer_client.benchmarks.livecodebench import BadFile, Problem, Selection
from trainer_client.benchmarks.pass_at_k import paired_difference
from trainer_client.benchmarks.scoring import Score, grade, score

app = typer.Typer(help="Score a model's programs on a benchmark.", no_args_is_help=True)
Server = Annotated[str | None, typer.Option(help="URL of a running service; else one is started.")]
Workers = Annotated[int | None, typer.Option(help="Workers of the service that is started.")]
Reports = Mapping[str, Sequence[Report]]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


class Platform(StrEnum):
    LEETCODE = "leetcode"
    CODEFORCES = "codeforces"
    ATCODER = "atcoder"


class Difficulty(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@app.command("livecodebench")
def livecodebench_(
    problems: Annotated[Path, typer.Argument(help="A JSONL file of code_generation_lite, or the folder of them.")],
    samples: Annotated[Path, typer.Argument(help="Programs, as custom_evaluator takes them.")],
    release: Annotated[str, typer.Option(help="Of a folder: release_v1 ... release_v6, v1 ... v6, v1_v2 ...")] = "v6",
    start_date: Day = None,
    end_date: Day = None,
    platform: Annotated[list[Platform] | None, typer.Option(help="May be given again.")] = None,
    difficulty: Annotated[list[Difficulty] | None, typer.Option(help="May be given again.")] = None,
    errata: Annotated[Path | None, typer.Option(help="Ids of bad problems, one a line: a second score.")] = None,
    answers: Annotated[bool, typer.Option(help="Lists hold whole answers: the last fenced block counts.")] = False,
    compare: Annotated[Path | None, typer.Option(help="Another run's _eval_all.json: who is better?")] = None,
    server: Server = None,
    workers: Workers = None,
) -> None:
    """Score programs on LiveCodeBench and write custom_evaluator's three files beside them."""
    with _bad_input():
        chosen = Selection(
            start_date.date() if start_date else None,
            end_date.date() if end_date else None,
            frozenset(map(str, platform or ())),
            frozenset(map(str, difficulty or ())),
        )
        files = livecodebench.files_of(problems, release) if problems.is_dir() else [problems]
        found = livecodebench.read(files, chosen)
        if not found:
            raise BadFile("no problem is left of that selection")
        given = livecodebench.read_samples(samples, found)
        bad = set(errata.read_text().split()) if errata else set()
        other = _pass_at_1(compare) if compare else None
    programs = {name: [lcb_exact(text) for text in texts] for name, texts in given.items()} if answers else given
    reports = _graded({problem.id: problem.suite for problem in found}, programs, server, workers)
    total = score(reports)
    contents = livecodebench.official_files(found, programs, given, reports, total.metrics())
    for ending, content in contents.items():
        path = samples.with_name(f"{samples.stem}_codegeneration_output{ending}.json")
        path.write_text(json.dumps(content, indent=4))
    console = Console()
    console.print(_by_difficulty(found, reports))
    if problems.is_dir() and release == "v6" and chosen == Selection():
        whole = "these are all 175 problems" if livecodebench.is_v6(found) else "these are not its 175 problems"
        console.print(f"Slice v6: {whole}.")
    _say(console, total)
    if bad:
        rest = score({name: each for name, each in reports.items() if name not in bad})
        console.print(f"Without {len(reports) - len(rest.by_problem) - len(rest.unjudged)} problems of the errata:")
        _say(console, rest)
    if other is not None:
        difference = paired_difference(total.by_problem, other)
        console.print(
            f"Against {compare}: {difference.mean:+.4f} pass@1, "
            f"95 % between {difference.low:+.4f} and {difference.high:+.4f}."
        )
    raise typer.Exit(3 if total.unjudged else 0)


@app.command("functions")
def functions_(
    tasks: Annotated[Path, typer.Argument(help="HumanEval.jsonl, MBPP's mbpp.jsonl, or their + versions.")],
    samples: Annotated[Path | None, typer.Argument(help="Lines of task_id and completion, or solution.")] = None,
    reference: Annotated[bool, typer.Option(help="Score the authors' own solutions: a check of the whole.")] = False,
    server: Server = None,
    workers: Workers = None,
) -> None:
    """Score programs on HumanEval or MBPP."""
    with _bad_input():
        found = functions.read_tasks(tasks)
        if (samples is None) is not reference:
            raise BadFile("give either a file of samples or --reference")
        programs = functions.references(found) if samples is None else functions.read_completions(samples, found)
    reports = _graded({task.id: task.suite for task in found}, programs, server, workers)
    total = score(reports, (1, 10, 100))
    console = Console()
    for name, each in reports.items():
        if reference and each[0].score != 1.0:
            console.print(f"{name}: {each[0].verdict}: {each[0].reason or each[0].first_failure}", highlight=False)
    _say(console, total)
    raise typer.Exit(3 if total.unjudged else 0)


def _graded(
    suites: Mapping[str, Suite], programs: Mapping[str, Sequence[str]], server: str | None, workers: int | None
) -> dict[str, list[Report]]:
    count = sum(len(programs[name]) for name in suites)
    with service(server, workers) as url, EvaluatorClient(url, timeout_s=None) as client, progress(count) as advance:
        return grade(client, suites, programs, lambda _: advance())


def _by_difficulty(problems: Sequence[Problem], reports: Reports) -> Table:
    table = Table("difficulty", "problems", "pass@1")
    for level in Difficulty:
        of_level = {problem.id: reports[problem.id] for problem in problems if problem.difficulty == level}
        if of_level:
            part = score(of_level, (1,))
            table.add_row(level, str(len(of_level)), f"{part.pass_at[1]:.4f}" if part.pass_at else "—")
    return table


def _say(console: Console, total: Score) -> None:
    figures = ", ".join(f"pass@{k} {value:.4f}" for k, value in total.pass_at.items()) or "no score"
    verdicts = ", ".join(f"{name} {count}" for name, count in sorted(total.verdicts.items()))
    console.print(f"{figures} over {len(total.by_problem)} problems ({verdicts}).", highlight=False)
    if total.unjudged:
        console.print(
            f"[magenta]Not judged, and not counted: {len(total.unjudged)} problems, "
            f"such as {total.unjudged[0]}.[/magenta]"
        )


def _pass_at_1(file: Path) -> dict[str, float]:
    try:
        return {str(row["question_id"]): float(row["pass@1"]) for row in json.loads(file.read_text())}
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"{file} is no _eval_all.json: {error!r}") from error


@contextlib.contextmanager
def _bad_input() -> Iterator[None]:
    try:
        yield
    except (BadFile, FileNotFoundError, IsADirectoryError, UnicodeDecodeError) as error:
        raise BadInput(str(error)) from error


__all__: list[Any] = ["app"]
