"""Benchmarks' problems, by the readers of public sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer_client.dataset.config import BenchmarkConfig
from trainer_client.dataset.row import Problem
from trainer_client.dataset.stage import Context


@dataclass(frozen=True, slots=True)
class Item:
    """A problem of a benchmark. Its ``suite_id`` names its tests, or is empty where they are in no form known here."""

    benchmark: str
    problem: Problem


def read_benchmarks(benchmarks: Sequence[BenchmarkConfig], context: Context) -> list[Item]:
    """The problems of all benchmarks, sorted."""
    found = [item for each in benchmarks for item in _read(each, context)]
    return sorted(found, key=lambda item: (item.benchmark, item.problem.id))


def _read(benchmark: BenchmarkConfig, context: Context) -> Iterator[Item]:
    raise NotImplementedError
