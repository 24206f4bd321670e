"""The command line of measurements that inject changed copies into real sets: deduplication and decontamination."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.dataset.real_sets import MemorySuites, ServiceGrader
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from trainer_client import EvaluatorClient
from trainer_client.dataset.row import Problem

RESULTS = Path(__file__).with_name("RESULTS.md")
Change = Callable[[Problem, random.Random, MemorySuites], Problem]
Measure = Callable[[Path, ServiceGrader, int, int], Iterable[str]]
"""From the folder of sets, a grader, the number of copies and the seed to the lines of the result."""


def run(name: str, about: str | None, measure: Measure, *, copies: int) -> None:
    """Measure as the command line asks, print the result, and add it to RESULTS.md where that is wanted."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--copies", type=int, default=copies)
    parser.add_argument("--seed", type=int, default=20240229)
    parser.add_argument("--record", action="store_true", help="add the result to benchmarks/dataset/RESULTS.md")
    options = parser.parse_args()
    before = facts()
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url) as client:
        lines = [*measure(options.sets, ServiceGrader(client), options.copies, options.seed)]
    print(before, *lines, sep="\n")
    if options.record:
        command = f"python -m benchmarks.dataset.{name} SETS --copies {options.copies} --seed {options.seed}"
        record(name.capitalize(), command, before, lines, RESULTS)
