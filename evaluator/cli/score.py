"""``microcoder score``: a benchmark's problems and a model's programs in, its score out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from evaluator.cli.errors import bad_input
from evaluator.cli.score_livecodebench import livecodebench_command
from evaluator.cli.score_options import Asking, Grading, ScoreOutput, shared
from evaluator.cli.score_results import check_output, compared, finish, pass_at_1, say_unlike
from evaluator.cli.score_samples import Samples, of_answer, origin_of, program_of
from evaluator.cli.scoring import SampleSet, graded, sample_sets
from evaluator.cli.terminal import Terminal
from trainer_client.benchmarks import evalplus_files, functions, suites
from trainer_client.benchmarks.catalogue import sources
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.run_record import identity
from trainer_client.benchmarks.task import BadFile, BenchmarkTask, of_authors


class NamedSets(TyperGroup):
    """Commands, and the names and files of data sets, which mean ``functions NAME``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Click's types, which Typer brings or imports
        """Put the command before a name. What is none of them may be a name that is not spelt right."""
        first = args[0] if args else ""
        if first in self.commands or first.startswith("-"):
            return super().resolve_command(ctx, args)
        if first not in sources() and not Path(first).exists():
            names = [*self.commands, *sources()]
            close = "".join(f"; did you mean {name}?" for name in difflib.get_close_matches(first, names, 1))
            others = f"; there are {', '.join(names)}"
            ctx.fail(f"{first!r} is no command, data set or file{close or others}")
        return super().resolve_command(ctx, ["functions", *args])


app = typer.Typer(cls=NamedSets, help="Score a model's programs on a benchmark.", no_args_is_help=True)
SampleFiles = Annotated[
    list[Path] | None, typer.Argument(help="Lines of task_id and completion, solution or answer; a run for each file.")
]


@dataclass(frozen=True, slots=True)
class Authors:
    """The choice of the authors' own solutions in place of samples: the right ones, or those with a bug."""

    reference: bool
    buggy: bool


app.command("livecodebench")(shared(livecodebench_command))


@app.command("functions")
@shared
def functions_(
    tasks: Annotated[Path, typer.Argument(help=f"A file as published, or a name: {', '.join(sources())}.")],
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
    """Return the label and the files of a data set."""
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
        compared(Terminal(), one, other, str(theirs))


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
    finish(sets, runs, output, theirs, official=_write_evalplus)


def _write_evalplus(runs: Sequence[Run], samples: Path) -> list[Path]:
    """Write EvalPlus's results of tasks that have more tests than the original ones."""
    by_kind = {run.base: run for run in runs if run.tokens is None}
    file = evalplus_files.results_file(samples)
    if len(by_kind) < 2:
        return []
    if not evalplus_files.may_be_written(file):
        Terminal(stderr=True).print(f"note: {file} is not ours, and is left as it is", style="yellow")
        return []
    evalplus_files.write_results(by_kind[False], by_kind[True], identity(by_kind[False].tasks), file)
    return [file]


def _read(tasks: list[BenchmarkTask], file: Path, asking: Asking, grading: Grading) -> Samples:
    if asking.model is not None or grading.max_response:
        return Samples.generated(tasks[: grading.limit], file, asking, grading, program_of)
    programs = functions.read_samples(file, tasks, of_answer, limit=grading.limit, partial=grading.partial)
    return Samples.programs(programs, {}, grading)


__all__ = ["app"]
