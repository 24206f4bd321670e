"""The samples of a scoring: programs of a file, or answers that a model writes, at each length that is scored."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.cli.errors import BadInput
from evaluator.cli.grade import progress
from evaluator.cli.score_options import Asking, Grading
from evaluator.confinement import OverLimit
from evaluator.extraction.bounded import extract_bounded
from trainer_client.benchmarks.endpoint import Endpoint, EndpointRefused
from trainer_client.benchmarks.generating import generate, missing
from trainer_client.benchmarks.generations import Generation
from trainer_client.benchmarks.journal import Journal, rows
from trainer_client.benchmarks.run_record import Origin
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask, check_samples

Programs = Mapping[str, Sequence[BenchmarkProgram]]
MakeProgram = Callable[[BenchmarkTask, Generation], BenchmarkProgram]


@dataclass(frozen=True, slots=True)
class Samples:
    """Programs by problem, at each length that is scored (None: as they are), and the texts that they were found in."""

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
        cls, tasks: Sequence[BenchmarkTask], file: Path, asking: Asking, grading: Grading, program: MakeProgram
    ) -> Samples:
        lengths = grading.lengths()
        if asking.model is not None:
            _generate(tasks, file, asking, lengths)
        if not grading.grade:
            return cls({}, {})
        by_id = {task.id: task for task in tasks}
        generations = _read_generations(file, by_id)
        check_samples(generations, file, partial=grading.partial)
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

    def of(self, tasks: Sequence[BenchmarkTask]) -> list[BenchmarkTask]:
        """The tasks that have samples."""
        programs = next(iter(self.by_length.values()), {})
        return [task for task in tasks if programs.get(task.id)]

    def fewest(self) -> int:
        """The least number of samples that a problem with samples has."""
        programs = next(iter(self.by_length.values()), {})
        return min((len(each) for each in programs.values() if each), default=0)


def _read_generations(file: Path, names: Collection[str]) -> dict[str, list[Generation]]:
    generations: dict[str, list[Generation]] = {name: [] for name in names}
    for where, row in rows(file):
        each = Generation.of(row, where)
        if each.task_id in generations:
            generations[each.task_id].append(each)
    return generations


def _generate(tasks: Sequence[BenchmarkTask], file: Path, asking: Asking, lengths: tuple[int, ...]) -> None:
    sampling = asking.sampling(max(lengths, default=asking.max_tokens), boundaries=len(lengths) > 1)
    with Journal(file) as journal:
        open_samples = missing(tasks, sampling, asking.n, journal)
        with progress(open_samples.total(), "generating") as advance:

            async def run() -> None:
                key = os.environ.get("OPENAI_API_KEY")
                async with Endpoint(
                    asking.base_url, api_key=key, concurrency=asking.concurrency, patience_s=asking.patience_s
                ) as endpoint:
                    await generate(endpoint, tasks, sampling, open_samples, journal, advance, samples=asking.n)

            try:
                asyncio.run(run())
            except EndpointRefused as refusal:
                raise BadInput(str(refusal)) from refusal


def origin_of(benchmark: str, problems: Path, samples: Path | None, read: Samples, asking: Asking) -> Origin:
    """Return where a run comes from. How old answers were sampled, their file does not say."""
    sampling = asking.facts() if asking.model else None
    return Origin(benchmark, problems, samples, ", ".join(sorted(read.models)) or asking.model, sampling)


def program_of(task: BenchmarkTask, generation: Generation) -> BenchmarkProgram:
    if generation.kind == "answer":
        return of_answer(task, generation.text)
    return task.completed(generation.text)


def of_answer(task: BenchmarkTask, answer: str) -> BenchmarkProgram:
    """Return the program in an answer, found as the service finds it. Where the prompt has imports or helpers they
    come before it, so that it must be found here."""
    program = None
    if task.head and task.find is None:
        with contextlib.suppress(OverLimit):  # the service says so
            program = extract_bounded(answer, task.language, task.suite)
    return task.whole(answer, answer=True) if program is None else replace(task.answered(program), origin=answer)
