"""Has a model answer what it has not answered yet."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from trainer_client.benchmarks.endpoint import Endpoint, Sampling, digest
from trainer_client.benchmarks.generations import Generation
from trainer_client.benchmarks.journal import Journal
from trainer_client.benchmarks.task import BadFile, BenchmarkTask


def missing(tasks: Sequence[BenchmarkTask], sampling: Sampling, samples: int, journal: Journal) -> Counter[str]:
    """Count the answers that each task lacks in a file. What is there is never asked for again.

    Raises:
        BadFile: a task has no question, or the file holds answers to other requests: another model, other sampling.
    """
    silent = next((task.id for task in tasks if task.question is None), None)
    if silent is not None:
        raise BadFile(f"{silent} has no prompt for a model")
    digests = {task.id: digest(sampling.body(task.question)) for task in tasks if task.question is not None}
    open_samples = Counter({task.id: samples for task in tasks})
    for number, row in enumerate(journal.rows, 1):
        generation = Generation.of(row, f"line {number}")
        if generation.task_id not in digests:
            continue
        if generation.asked != digests[generation.task_id]:
            raise journal.bad(
                f"has an answer of {generation.model!r} to {generation.task_id} (line {number}) that was drawn in "
                "another way; name another file, or give the options of that run"
            )
        open_samples[generation.task_id] -= 1
    return +open_samples


async def generate(
    endpoint: Endpoint,
    tasks: Sequence[BenchmarkTask],
    sampling: Sampling,
    open_samples: Counter[str],
    journal: Journal,
    on_answer: Callable[[int], object] = lambda _: None,
    *,
    samples: int,
) -> None:
    """Ask for what is missing of ``samples`` for each task, and write each answer as it comes. ``on_answer`` is told
    how many more there are.

    Raises:
        EndpointRefused, Unreachable: as ``Endpoint.ask``. What was answered by then is on disk.
    """

    async def answered(task: BenchmarkTask) -> None:
        left = open_samples[task.id]
        while left:
            for generation in await endpoint.ask(task, sampling, left, samples - left):
                journal.write(generation.row())
                left -= 1
                on_answer(1)

    try:
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                if open_samples[task.id]:
                    group.create_task(answered(task))
    except* Exception as failures:
        raise failures.exceptions[0] from None
