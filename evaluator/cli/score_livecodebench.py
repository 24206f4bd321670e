"""``microcoder score livecodebench``: LiveCodeBench's problems and files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evaluator.cli.errors import bad_input
from evaluator.cli.score_options import Asking, Grading, ScoreOutput
from evaluator.cli.score_results import check_output, finish, say, say_cutoff, say_months
from evaluator.cli.score_samples import Samples
from evaluator.cli.scoring import KS, graded, sample_sets, stem_of
from evaluator.cli.terminal import Terminal
from trainer_client.benchmarks import lcb_repair, livecodebench
from trainer_client.benchmarks.livecodebench import LiveCodeBenchProblem, Selection
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.scoring import score
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram

FirstDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of contests, included.")]
LastDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of contests, included.")]
_NEWEST, _HUB = "v6", "hub"


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


@dataclass(frozen=True, slots=True)
class ProblemChoice:
    """Options that choose problems of LiveCodeBench."""

    release: Annotated[
        str | None,
        typer.Option(
            help="Release, where PROBLEMS is a folder or hub: release_v1 to release_v6, v1 to v6 (default: v6), "
            "v1_v2 to v5_v6."
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
        release = self.release or _NEWEST
        livecodebench.check_release(release)
        if str(problems) == _HUB and not problems.exists():
            files = livecodebench.hub_files(release)
        elif problems.is_dir():
            files = livecodebench.files_of(problems, release)
        else:
            files = [problems]
            if self.release is not None:
                raise BadFile(f"--release chooses files of a folder, and {problems} is one file: leave --release out")
        slice_ = livecodebench.read(files, self.selection())
        if not slice_:
            raise BadFile("no problem matches the options; see --start-date, --end-date, --platform and --difficulty")
        return slice_

    def is_slice_v6(self, problems: Path) -> bool:
        """Tell if all problems of the slice v6 are meant."""
        return (
            (problems.is_dir() or str(problems) == _HUB)
            and (self.release or _NEWEST) == "v6"
            and self.selection() == Selection()
        )


@dataclass(frozen=True, slots=True)
class ScoreViews:
    """Options of further scores of the same programs."""

    by_month: Annotated[bool, typer.Option(help="Print pass@1 by the month of the contest.")] = False
    cutoff: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the model's training data: print a score on each side."),
    ] = None
    errata: Annotated[
        Path | None, typer.Option(help="File of ids of bad problems, one a line: print a second score without them.")
    ] = None

    def show(self, terminal: Terminal, run: Run) -> None:
        """Print them."""
        if self.by_month:
            say_months(terminal, run)
        if self.cutoff is not None:
            say_cutoff(terminal, run, self.cutoff.date().isoformat())
        if bad := self.bad_problems():
            _say_without(terminal, run, bad)

    def bad_problems(self) -> frozenset[str]:
        """The problems of --errata.

        Raises:
            OSError: the file cannot be read.
        """
        return frozenset(self.errata.read_text().split()) if self.errata else frozenset()


def livecodebench_command(
    problems: Annotated[
        Path, typer.Argument(help="A JSONL file of code_generation_lite, the folder of them, or hub, to load them.")
    ],
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
    views: ScoreViews,
    rules: Annotated[
        RulesOption,
        typer.Option("--as", help="Rules of the service, or LiveCodeBench's own, for scores beside published ones."),
    ] = RulesOption.OWN,
    answers: Annotated[
        bool, typer.Option(help="The lists hold whole answers, of which the last fenced block counts.")
    ] = False,
    repair: Annotated[
        Path | None,
        typer.Option(help="First attempts, an _eval_all.json: samples are repairs of those that failed (self-repair)."),
    ] = None,
    tolerant: Annotated[
        bool, typer.Option(help="Find programs in answers as the service does for rewards, not as LiveCodeBench does.")
    ] = False,
) -> None:
    """Score programs on LiveCodeBench and write custom_evaluator's three files beside them."""
    label = f"LiveCodeBench{', self-repair' if repair else ''}"
    label += "" if rules is RulesOption.OWN else f", judged as {rules.value} does"
    theirs = check_output(output)
    with bad_input():
        slice_ = choice.read(problems)
        views.bad_problems()
        tasks = [problem.task_by(rules.value) for problem in slice_[: grading.limit]]
        sets = sample_sets(
            label, problems, tasks, samples, asking, grading,
            lambda file: _read_livecodebench(
                slice_, file, asking, grading, repair=repair, answers=answers, tolerant=tolerant
            ),
        )  # fmt: skip
    if not grading.grade:
        return
    runs = graded(sets, grading)
    if choice.is_slice_v6(problems):
        whole = "these are all 175 problems" if livecodebench.is_v6(slice_) else "these are not its 175 problems"
        Terminal(quiet=output.as_json).print(f"Slice v6: {whole}.")
    by_id = {problem.id: problem for problem in slice_}
    finish(
        sets, runs, output, theirs, views.show,
        lambda own, file: [path for run in own for path in _write_official_files(run, by_id, file)],
    )  # fmt: skip


def _say_without(terminal: Terminal, run: Run, bad: frozenset[str]) -> None:
    rest = score({name: each for name, each in run.reports.items() if name not in bad}, KS)
    left_out = len(run.reports) - len(rest.by_problem) - len(rest.unjudged)
    terminal.print(f"{run.label}, without {left_out} problems of the errata:")
    say(terminal, rest)


def _read_livecodebench(
    slice_: list[LiveCodeBenchProblem],
    file: Path,
    asking: Asking,
    grading: Grading,
    *,
    repair: Path | None,
    answers: bool,
    tolerant: bool,
) -> Samples:
    """Read generations, or programs as custom_evaluator takes them: ``answers`` says that they are whole answers. With
    ``repair``, generations are repairs of its attempts."""

    def program(text: str, *, answer: bool) -> BenchmarkProgram:
        return livecodebench.program(text, tolerant=tolerant) if answer else BenchmarkProgram(text)

    if repair is not None:
        if file.suffix != ".jsonl":
            raise BadFile(f"--repair takes generations (.jsonl), not {file.name}")
        return _read_repairs(slice_[: grading.limit], repair, file, asking, grading, tolerant=tolerant)
    if file.suffix == ".jsonl":
        tasks = [problem.task for problem in slice_[: grading.limit]]
        return Samples.generated(tasks, file, asking, grading, lambda _, each: program(each.text, answer=True))
    texts_by_name = livecodebench.read_samples(file, slice_, limit=grading.limit, partial=grading.partial)
    programs = {name: [program(text, answer=answers) for text in texts] for name, texts in texts_by_name.items()}
    return Samples.programs(programs, texts_by_name, grading)


def _read_repairs(
    problems: list[LiveCodeBenchProblem], first: Path, file: Path, asking: Asking, grading: Grading, *, tolerant: bool
) -> Samples:
    """Read, or generate, the repairs of first attempts: a problem's samples are its programs after them."""
    if asking.n > 1:
        raise BadFile("--repair asks for one answer to each attempt that failed: leave --n out")
    attempts = lcb_repair.read_attempts(first, problems)

    def program(text: str) -> BenchmarkProgram:
        return livecodebench.program(text, tolerant=tolerant)

    tasks = lcb_repair.tasks(problems, attempts)
    if not tasks:
        raise BadFile(f"{first}: all attempts are right, so there is nothing to repair")
    read = Samples.generated(tasks, file, asking, grading, lambda _, each: program(each.text))
    by_length = {at: lcb_repair.repaired(attempts, texts, program) for at, texts in read.answers.items()}
    texts = {
        at: {name: [each.origin or each.text for each in programs] for name, programs in of.items()}
        for at, of in by_length.items()
    }
    return Samples(by_length, texts, read.models)


def _write_official_files(run: Run, by_id: dict[str, LiveCodeBenchProblem], samples: Path) -> list[Path]:
    """Write custom_evaluator's files of a run beside its samples."""
    stem = stem_of(samples) + (f"_at_{run.tokens}" if run.tokens else "")
    contents = livecodebench.official_files(
        [by_id[task.id] for task in run.tasks],
        {name: [each.text for each in programs] for name, programs in run.programs.items()},
        run.answers, run.reports, run.score.metrics(),
    )  # fmt: skip
    paths = {ending: samples.with_name(f"{stem}_codegeneration_output{ending}.json") for ending in contents}
    for ending, content in contents.items():
        paths[ending].write_text(json.dumps(content, indent=4))
    return list(paths.values())
