"""``microcoder score``: a benchmark's problems and a model's programs in, its score out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from evaluator.cli.errors import bad_input
from evaluator.cli.score_options import Asking, Grading, ScoreOutput, shared
from evaluator.cli.score_results import (
    check_output,
    compared,
    finish,
    pass_at_1,
    say,
    say_cutoff,
    say_months,
    say_unlike,
)
from evaluator.cli.score_samples import Samples, of_answer, origin_of, program_of
from evaluator.cli.scoring import KS, SampleSet, graded, sample_sets
from trainer_client.benchmarks import functions, livecodebench, suites
from trainer_client.benchmarks.catalogue import sources
from trainer_client.benchmarks.livecodebench import LiveCodeBenchProblem, Selection
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.scoring import score
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask, of_authors


class NamedSets(TyperGroup):
    """Commands, and the names of data sets, which mean ``functions NAME``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Click's types, which Typer brings or imports
        """Put the command before a name."""
        return super().resolve_command(ctx, ["functions", *args] if args and args[0] in sources() else args)


app = typer.Typer(cls=NamedSets, help="Score a model's programs on a benchmark.", no_args_is_help=True)
FirstDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of contests, included.")]
LastDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of contests, included.")]
SampleFiles = Annotated[
    list[Path] | None, typer.Argument(help="Lines of task_id and completion, solution or answer; a run for each file.")
]
_NEWEST = "v6"


class Platform(StrEnum):
    LEETCODE = "leetcode"
    CODEFORCES = "codeforces"
    ATCODER = "atcoder"


class DifficultyOption(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Authors:
    """The choice of the authors' own solutions in place of samples: the right ones, or those with a bug."""

    reference: bool
    buggy: bool


class RulesOption(StrEnum):
    """The evaluator by whose rules programs are run and judged."""

    OWN = "own"
    LIVECODEBENCH = "livecodebench"
    LIGHTEVAL = "lighteval"


@dataclass(frozen=True, slots=True)
class ProblemChoice:
    """Options that choose problems of LiveCodeBench."""

    release: Annotated[
        str | None,
        typer.Option(
            help="Release, where PROBLEMS is a folder: release_v1 to release_v6, v1 to v6 (default), v1_v2 to v5_v6."
        ),
    ] = None
    start_date: FirstDay = None
    end_date: LastDay = None
    platform: Annotated[list[Platform] | None, typer.Option(help="Only this platform; repeatable.")] = None
    difficulty: Annotated[list[DifficultyOption] | None, typer.Option(help="Only this difficulty; repeatable.")] = None

    def selection(self) -> Selection:
        return Selection(
            self.start_date.date() if self.start_date else None,
            self.end_date.date() if self.end_date else None,
            frozenset(map(str, self.platform or ())),
            frozenset(map(str, self.difficulty or ())),
        )

    def read(self, problems: Path) -> list[LiveCodeBenchProblem]:
        """Read the problems of a file, or of a release's files in a folder.

        Raises:
            BadFile: there is no such release, or no problem is left.
        """
        if self.release is not None:
            livecodebench.check_release(self.release)
            if not problems.is_dir():
                raise BadFile(f"--release chooses files of a folder, and {problems} is one file: leave --release out")
        files = livecodebench.files_of(problems, self.release or _NEWEST) if problems.is_dir() else [problems]
        slice_ = livecodebench.read(files, self.selection())
        if not slice_:
            raise BadFile("no problem matches the options; see --start-date, --end-date, --platform and --difficulty")
        return slice_

    def is_slice_v6(self, problems: Path) -> bool:
        """Tell if all problems of the slice v6 are meant."""
        return problems.is_dir() and (self.release or _NEWEST) == "v6" and self.selection() == Selection()


@app.command("livecodebench")
@shared
def livecodebench_(
    problems: Annotated[Path, typer.Argument(help="A JSONL file of code_generation_lite, or the folder of them.")],
    samples: Annotated[
        list[Path],
        typer.Argument(
            help="Programs, as custom_evaluator takes them (.json), or generations (.jsonl); a run for each file."
        ),
    ],
    choice: ProblemChoice,
    asking: Asking,
    grading: Grading,
    output: ScoreOutput,
    by_month: Annotated[bool, typer.Option(help="Print pass@1 by the month of the contest.")] = False,
    cutoff: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the model's training data: print a score on each side."),
    ] = None,
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
    label = "LiveCodeBench" if rules is RulesOption.OWN else f"LiveCodeBench, judged as {rules.value} does"
    theirs = check_output(output)
    with bad_input():
        slice_ = choice.read(problems)
        bad = frozenset(errata.read_text().split()) if errata else frozenset()
        tasks = [problem.task_by(rules.value) for problem in slice_[: grading.limit]]
        sets = sample_sets(
            label, problems, tasks, samples, asking, grading,
            lambda file: _read_livecodebench(slice_, file, asking, grading, answers=answers, tolerant=tolerant),
        )  # fmt: skip
    if not grading.grade:
        return
    runs = graded(sets, grading)
    console = Console(quiet=output.as_json)
    if choice.is_slice_v6(problems):
        whole = "these are all 175 problems" if livecodebench.is_v6(slice_) else "these are not its 175 problems"
        console.print(f"Slice v6: {whole}.")
    for run in (run for own in runs for run in own):
        if by_month:
            say_months(console, run)
        if cutoff is not None:
            say_cutoff(console, run, cutoff.date().isoformat())
        if bad:
            _say_without(console, run, bad)
    by_id = {problem.id: problem for problem in slice_}
    finish(sets, runs, output, theirs, lambda run, file: _write_official_files(run, by_id, file))


def _say_without(console: Console, run: Run, bad: frozenset[str]) -> None:
    rest = score({name: each for name, each in run.reports.items() if name not in bad}, KS)
    left_out = len(run.reports) - len(rest.by_problem) - len(rest.unjudged)
    console.print(f"{run.label}, without {left_out} problems of the errata:", highlight=False)
    say(console, rest)


def _read_livecodebench(
    slice_: list[LiveCodeBenchProblem], file: Path, asking: Asking, grading: Grading, *, answers: bool, tolerant: bool
) -> Samples:
    """Read generations, or programs as custom_evaluator takes them: ``answers`` says that they are whole answers."""

    def program(text: str, *, answer: bool) -> BenchmarkProgram:
        return livecodebench.program(text, tolerant=tolerant) if answer else BenchmarkProgram(text)

    if file.suffix == ".jsonl":
        tasks = [problem.task for problem in slice_[: grading.limit]]
        return Samples.generated(tasks, file, asking, grading, lambda _, each: program(each.text, answer=True))
    texts_by_name = livecodebench.read_samples(file, slice_, limit=grading.limit, partial=grading.partial)
    programs = {name: [program(text, answer=answers) for text in texts] for name, texts in texts_by_name.items()}
    return Samples.programs(programs, texts_by_name, grading)


def _write_official_files(run: Run, by_id: dict[str, LiveCodeBenchProblem], samples: Path) -> list[Path]:
    """Write custom_evaluator's files of a run beside its samples."""
    stem = samples.stem + (f"_at_{run.tokens}" if run.tokens else "")
    contents = livecodebench.official_files(
        [by_id[task.id] for task in run.tasks],
        {name: [each.text for each in programs] for name, programs in run.programs.items()},
        run.answers, run.reports, run.score.metrics(),
    )  # fmt: skip
    paths = {ending: samples.with_name(f"{stem}_codegeneration_output{ending}.json") for ending in contents}
    for ending, content in contents.items():
        paths[ending].write_text(json.dumps(content, indent=4))
    return list(paths.values())


@app.command("functions")
@shared
def functions_(
    tasks: Annotated[
        Path,
        typer.Argument(help=f"A file as published, or a name: {', '.join(sources())}."),
    ],
    asking: Asking,
    grading: Grading,
    output: ScoreOutput,
    samples: SampleFiles = None,
    data: Annotated[
        list[Path] | None, typer.Option(help="File of the data set, where TASKS is a name; repeatable.")
    ] = None,
    reference: Annotated[bool, typer.Option(help="Score the authors' own solutions: all must pass.")] = False,
    buggy: Annotated[bool, typer.Option(help="Score the authors' solutions with a bug: none may pass.")] = False,
) -> None:
    """Score programs on HumanEval, MBPP, their + versions, HumanEvalPack, MultiPL-E, BigCodeBench, ClassEval, CRUXEval,
    APPS or TACO."""
    theirs = check_output(output)
    with bad_input():
        label, files = _data_set(tasks, data or [])
        problems = functions.read_tasks(*files, side="input" if str(tasks) == "cruxeval-i" else "output")
    authors = Authors(reference, buggy)
    _score(label, problems, files[0], samples or [], authors, asking, grading, output, theirs)


def _data_set(tasks: Path, data: list[Path]) -> tuple[str, list[Path]]:
    """Return the label and the files of a data set.

    Raises:
        BadFile: it cannot be had.
    """
    source = sources().get(str(tasks))
    if source is not None:
        return source.title, data or source.find()
    if data:
        raise BadFile(f"--data has the file of a name, and {tasks} is none; known are {', '.join(sources())}")
    if not tasks.exists():
        raise BadFile(f"{tasks} is neither a file nor a known name; known are {', '.join(sources())}")
    return "functions", [tasks]


@app.command("suites")
@shared
def suites_(
    problems: Annotated[Path, typer.Argument(help="Lines of task_id, suite and, for a model, prompt.")],
    asking: Asking,
    grading: Grading,
    output: ScoreOutput,
    samples: SampleFiles = None,
    reference: Annotated[bool, typer.Option(help="Score the problems' own reference solutions.")] = False,
    buggy: Annotated[bool, typer.Option(help="Score the problems' own wrong solutions.")] = False,
) -> None:
    """Score programs on problems with suites of your own."""
    theirs = check_output(output)
    with bad_input():
        problems_read = suites.read_tasks(problems)
    authors = Authors(reference, buggy)
    _score("suites", problems_read, problems, samples or [], authors, asking, grading, output, theirs)


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
    samples: list[Path],
    authors: Authors,
    asking: Asking,
    grading: Grading,
    output: ScoreOutput,
    theirs: Mapping[str, float] | None,
) -> None:
    with bad_input():
        if not tasks:
            raise BadFile(f"{file} holds no problems")
        if bool(samples) + authors.reference + authors.buggy != 1:
            raise BadFile("give one of these: files of samples, --reference, --buggy")
        chosen = tasks[: grading.limit]
        if samples:
            sets = sample_sets(
                benchmark, file, chosen, samples, asking, grading, lambda each: _read(tasks, each, asking, grading)
            )
        else:
            read = Samples.programs(of_authors(chosen, buggy=authors.buggy), {}, grading)
            sets = [SampleSet(origin_of(benchmark, file, None, read, asking), chosen, read, benchmark)]
    if not grading.grade:
        return
    runs = graded(sets, grading)
    if not samples:
        say_unlike(runs[0][0].reports, accepted=authors.reference)
    finish(sets, runs, output, theirs)


def _read(tasks: list[BenchmarkTask], file: Path, asking: Asking, grading: Grading) -> Samples:
    if asking.model is not None or grading.max_response:
        return Samples.generated(tasks[: grading.limit], file, asking, grading, program_of)
    programs = functions.read_samples(file, tasks, of_answer, limit=grading.limit, partial=grading.partial)
    return Samples.programs(programs, {}, grading)


__all__ = ["app"]
