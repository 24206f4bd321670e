"""``microcoder score``: a benchmark's problems and a model's programs in, its score out."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from rich.console import Console

from evaluator.cli.errors import bad_input
from evaluator.cli.scoring import (
    KS,
    Asking,
    Grading,
    Samples,
    compared,
    finish,
    graded,
    of_answer,
    origin_of,
    pass_at_1,
    program_of,
    say,
    say_unlike,
)
from trainer_client.benchmarks import functions, livecodebench, suites
from trainer_client.benchmarks.livecodebench import LiveCodeBenchProblem, Selection
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.scoring import score
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask, of_authors

app = typer.Typer(help="Score a model's programs on a benchmark.", no_args_is_help=True)
FirstDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of contests, included.")]
LastDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of contests, included.")]


class Platform(StrEnum):
    LEETCODE = "leetcode"
    CODEFORCES = "codeforces"
    ATCODER = "atcoder"


class DifficultyOption(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class RulesOption(StrEnum):
    """The evaluator by whose rules programs are run and judged."""

    OWN = "own"
    LIVECODEBENCH = "livecodebench"
    LIGHTEVAL = "lighteval"


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """Spread out the parameters of a command that are data classes: each field becomes an option of its own."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if dataclasses.is_dataclass(kind)}
    signature = inspect.signature(command)
    parameters = [
        parameter.replace(annotation=hints[name])
        for name, parameter in signature.parameters.items()
        if name not in groups
    ]
    fields = {name: get_type_hints(kind, include_extras=True) for name, kind in groups.items()}
    for name, kind in groups.items():
        parameters += [
            inspect.Parameter(
                field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=fields[name][field.name]
            )
            for field in dataclasses.fields(kind)
        ]

    @functools.wraps(command)
    def spread(**values: Any) -> None:
        instances = {
            name: kind(**{field: values.pop(field) for field in fields[name]}) for name, kind in groups.items()
        }
        command(**values, **instances)

    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    spread.__signature__ = signature.replace(parameters=keyword)  # type: ignore[attr-defined]
    spread.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword}
    return spread


@app.command("livecodebench")
@shared
def livecodebench_(
    problems: Annotated[Path, typer.Argument(help="A JSONL file of code_generation_lite, or the folder of them.")],
    samples: Annotated[
        Path, typer.Argument(help="Programs, as custom_evaluator takes them (.json), or generations (.jsonl).")
    ],
    asking: Asking,
    grading: Grading,
    release: Annotated[
        str,
        typer.Option(help="Release, where PROBLEMS is a folder: release_v1 to release_v6, v1 to v6, v1_v2 to v5_v6."),
    ] = "v6",
    start_date: FirstDay = None,
    end_date: LastDay = None,
    platform: Annotated[list[Platform] | None, typer.Option(help="Only this platform; repeatable.")] = None,
    difficulty: Annotated[list[DifficultyOption] | None, typer.Option(help="Only this difficulty; repeatable.")] = None,
    errata: Annotated[
        Path | None, typer.Option(help="File of ids of bad problems, one a line: print a second score without them.")
    ] = None,
    rules: Annotated[
        RulesOption,
        typer.Option("--as", help="Rules of the service, or LiveCodeBench's own, for scores beside published ones."),
    ] = RulesOption.OWN,
    answers: Annotated[
        bool, typer.Option(help="The lists hold whole answers, of which the last fenced block counts.")
    ] = False,
    tolerant: Annotated[
        bool, typer.Option(help="Find programs in answers as the service does for rewards, not as LiveCodeBench does.")
    ] = False,
) -> None:
    """Score programs on LiveCodeBench and write custom_evaluator's three files beside them."""
    with bad_input():
        chosen = Selection(
            start_date.date() if start_date else None,
            end_date.date() if end_date else None,
            frozenset(map(str, platform or ())),
            frozenset(map(str, difficulty or ())),
        )
        files = livecodebench.files_of(problems, release) if problems.is_dir() else [problems]
        slice_ = livecodebench.read(files, chosen)
        if not slice_:
            raise BadFile("no problem matches the options; see --start-date, --end-date, --platform and --difficulty")
        bad = frozenset(errata.read_text().split()) if errata else frozenset()
        read = _read_livecodebench(slice_, samples, asking, grading, answers=answers, tolerant=tolerant)
    if not grading.grade:
        return
    label = "LiveCodeBench" if rules is RulesOption.OWN else f"LiveCodeBench, judged as {rules.value} does"
    origin = origin_of(label, problems, samples, read, asking)
    runs = graded(origin, [problem.task_by(rules.value) for problem in slice_], read, grading)
    for run in runs:
        _write_official_files(run, slice_, samples)
    console = Console()
    if problems.is_dir() and release == "v6" and chosen == Selection():
        whole = "these are all 175 problems" if livecodebench.is_v6(slice_) else "these are not its 175 problems"
        console.print(f"Slice v6: {whole}.")
    for run in runs if bad else ():
        rest = score({name: each for name, each in run.reports.items() if name not in bad}, KS)
        left_out = len(run.reports) - len(rest.by_problem) - len(rest.unjudged)
        console.print(f"{run.label}, without {left_out} problems of the errata:", highlight=False)
        say(console, rest)
    finish(runs, origin, grading)


def _read_livecodebench(
    slice_: list[LiveCodeBenchProblem], file: Path, asking: Asking, grading: Grading, *, answers: bool, tolerant: bool
) -> Samples:
    """Read generations, or programs as custom_evaluator takes them: ``answers`` says that they are whole answers."""

    def program(text: str, *, answer: bool) -> BenchmarkProgram:
        return livecodebench.program(text, tolerant=tolerant) if answer else BenchmarkProgram(text)

    if file.suffix == ".jsonl":
        tasks = [problem.task for problem in slice_]
        return Samples.generated(tasks, file, asking, grading, lambda _, each: program(each.text, answer=True))
    texts_by_name = livecodebench.read_samples(file, slice_)
    programs = {name: [program(text, answer=answers) for text in texts] for name, texts in texts_by_name.items()}
    return Samples.programs(programs, texts_by_name, grading)


def _write_official_files(run: Run, slice_: list[LiveCodeBenchProblem], samples: Path) -> None:
    """Write custom_evaluator's files of a run beside its samples."""
    stem = samples.stem + (f"_at_{run.tokens}" if run.tokens else "")
    contents = livecodebench.official_files(
        slice_, {name: [each.text for each in programs] for name, programs in run.programs.items()},
        run.answers, run.reports, run.score.metrics(),
    )  # fmt: skip
    for ending, content in contents.items():
        path = samples.with_name(f"{stem}_codegeneration_output{ending}.json")
        path.write_text(json.dumps(content, indent=4))


@app.command("functions")
@shared
def functions_(
    tasks: Annotated[Path, typer.Argument(help="HumanEval(+), MBPP(+), HumanEvalPack or MultiPL-E, as published.")],
    asking: Asking,
    grading: Grading,
    samples: Annotated[Path | None, typer.Argument(help="Lines of task_id and completion, solution or answer.")] = None,
    reference: Annotated[bool, typer.Option(help="Score the authors' own solutions: all must pass.")] = False,
    buggy: Annotated[bool, typer.Option(help="Score the authors' solutions with a bug: none may pass.")] = False,
) -> None:
    """Score programs on HumanEval, MBPP, their + versions, HumanEvalPack or MultiPL-E."""
    with bad_input():
        problems = functions.read_tasks(tasks)
    _score("functions", problems, tasks, samples, reference, buggy, asking, grading)


@app.command("suites")
@shared
def suites_(
    problems: Annotated[Path, typer.Argument(help="Lines of id, suite and, for a model, prompt.")],
    asking: Asking,
    grading: Grading,
    samples: Annotated[Path | None, typer.Argument(help="Lines of task_id and solution or answer.")] = None,
    reference: Annotated[bool, typer.Option(help="Score the problems' own reference solutions.")] = False,
    buggy: Annotated[bool, typer.Option(help="Score the problems' own wrong solutions.")] = False,
) -> None:
    """Score programs on problems with suites of your own."""
    with bad_input():
        problems_read = suites.read_tasks(problems)
    _score("suites", problems_read, problems, samples, reference, buggy, asking, grading)


@app.command("compare")
def compare_(
    ours: Annotated[Path, typer.Argument(help="A run's .score.json, or _eval_all.json.")],
    theirs: Annotated[Path, typer.Argument(help="Another run's.")],
) -> None:
    """Compare two runs by a paired bootstrap over the problems that both have."""
    with bad_input():
        one, other = (pass_at_1(file) for file in (ours, theirs))
        compared(Console(), one, other, str(theirs))


def _score(
    benchmark: str,
    tasks: list[BenchmarkTask],
    file: Path,
    samples: Path | None,
    reference: bool,
    buggy: bool,
    asking: Asking,
    grading: Grading,
) -> None:
    with bad_input():
        if not tasks:
            raise BadFile(f"{file} holds no problems")
        if (samples is not None) + reference + buggy != 1:
            raise BadFile("give one of these: a file of samples, --reference, --buggy")
        if samples is None:
            read = Samples.programs(of_authors(tasks, buggy=buggy), {}, grading)
        elif asking.model is not None or grading.max_response:
            read = Samples.generated(tasks, samples, asking, grading, program_of)
        else:
            read = Samples.programs(functions.read_samples(samples, tasks, of_answer), {}, grading)
    if not grading.grade:
        return
    origin = origin_of(benchmark, file, samples, read, asking)
    runs = graded(origin, tasks, read, grading)
    if reference or buggy:
        say_unlike(runs[0].reports, accepted=reference)
    finish(runs, origin, grading)


__all__ = ["app"]
