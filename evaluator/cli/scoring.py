"""The grading of ``microcoder score``: runs of samples, through a service that lasts as long as all of them."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluator.cli.errors import bad_input
from evaluator.cli.grade import progress
from evaluator.cli.score_options import Asking, Grading
from evaluator.cli.score_samples import Samples, origin_of
from evaluator.cli.service import client_of, service
from evaluator.cli.terminal import Terminal
from trainer_client import EvaluatorClient
from trainer_client.benchmarks.journal import Journal
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.run_record import Origin
from trainer_client.benchmarks.scoring import TaskReports, grade_tasks, limit_by_references, score
from trainer_client.benchmarks.task import BadFile, BenchmarkTask

KS = (1, 5, 10, 100)
"""Values of k in pass@k, as far as there are samples."""


@dataclass(frozen=True, slots=True)
class SampleSet:
    """One file of samples, or the authors' own solutions, and the tasks that they are for. ``label`` names its runs;
    ``left_out`` counts the problems that have no samples."""

    origin: Origin
    tasks: Sequence[BenchmarkTask]
    samples: Samples
    label: str
    left_out: int = 0


def sample_sets(
    label: str,
    problems: Path,
    tasks: Sequence[BenchmarkTask],
    files: Sequence[Path],
    asking: Asking,
    grading: Grading,
    read: Callable[[Path], Samples],
) -> list[SampleSet]:
    """Read, or generate, the samples of each file.

    Raises:
        BadFile: a file is none of samples, or two files' results would have the same names.
    """
    stems = Counter(file.with_name(stem_of(file)) for file in files)
    if twice := [str(stem) for stem, times in stems.items() if times > 1]:
        raise BadFile(f"the results of two files would have the same names, {twice[0]}.score.json: rename one of them")
    if asking.model is not None and len(files) > 1:
        raise BadFile("--model writes the samples of one file; give one")
    unique = len(set(map(stem_of, files))) == len(files)
    names = {file: stem_of(file) if unique else str(file) for file in files}
    sets = []
    for file in files:
        samples = read(file)
        own = samples.of(tasks)
        _note_samples(file, samples, asking)
        own_label = label if len(files) == 1 else f"{label} {names[file]}"
        origin = origin_of(label, problems, file, samples, asking)
        sets.append(SampleSet(origin, own, samples, own_label, len(tasks) - len(own)))
    return sets


def _note_samples(file: Path, samples: Samples, asking: Asking) -> None:
    """Say that --n asks for more samples than there are, where no model is named to write them."""
    if asking.model is None and samples.by_length and samples.fewest() < asking.n:
        text = (
            f"note: --n {asking.n}, but {file} has {samples.fewest()} for some problems, and without --model none is "
            f"written: there is no pass@k above pass@{samples.fewest()}"
        )
        Terminal(stderr=True).print(text, style="yellow")


def graded(sets: Sequence[SampleSet], grading: Grading) -> list[list[Run]]:
    """Grade sets of samples: of each a run for each length, and one more for the original tests of tasks that have more
    of them."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(service(grading.server, grading.workers))
        with client_of(url) as impatient:
            impatient.ready()  # a wrong URL is said at once; later a service may be away for a while
        client = stack.enter_context(EvaluatorClient(url, timeout_s=None))
        return [_graded(each, client) for each in sets]


def _graded(samples: SampleSet, client: EvaluatorClient) -> list[Run]:
    by_length = samples.samples.by_length
    with contextlib.ExitStack() as stack, bad_input():
        journal = None
        if (file := samples.origin.samples) is not None:
            journal = stack.enter_context(Journal(reports_file(file)))
        tasks = limit_by_references(client, samples.tasks, journal)
        pairs = [(task, program) for at in by_length for task in tasks for program in by_length[at][task.id]]
        gradings = sum(1 + (task.base is not None) for task, _ in pairs)
        advance = stack.enter_context(progress(gradings))
        reports = iter(grade_tasks(client, pairs, journal, advance))
    reports_by_length = {
        at: {task.id: [next(reports) for _ in programs[task.id]] for task in tasks}
        for at, programs in by_length.items()
    }
    has_base = any(task.base is not None for task in tasks)
    return [
        _run(samples, tasks, at, reports_by_length[at], base=base)
        for base in ((False, True) if has_base else (False,))
        for at in by_length
    ]


def _run(
    samples: SampleSet,
    tasks: Sequence[BenchmarkTask],
    at: int | None,
    graded_programs: Mapping[str, Sequence[TaskReports]],
    *,
    base: bool,
) -> Run:
    parts = (samples.label, "original tests" if base else "", f"at {at} tokens" if at else "")
    reports = {
        name: [each.base if base and each.base is not None else each.extended for each in of]
        for name, of in graded_programs.items()
    }
    programs = {task.id: samples.samples.by_length[at][task.id] for task in tasks}
    return Run(
        " ".join(filter(None, parts)), at, base, tasks, programs, samples.samples.answers[at], reports,
        score(reports, KS), samples.left_out,
    )  # fmt: skip


def reports_file(samples: Path) -> Path:
    """The file that keeps the reports of a file of samples."""
    return samples.with_name(f"{stem_of(samples)}.reports.jsonl")


def stem_of(samples: Path) -> str:
    """The beginning of the names of what is written beside a file of samples, or a folder of them."""
    return samples.name if samples.is_dir() else samples.stem
