"""Reading of benchmarks' problems, by the readers of public sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.schema import Suite
from trainer_client.dataset.config import BenchmarkConfig, SourceConfig
from trainer_client.dataset.process import ProcessStage
from trainer_client.dataset.records import Record
from trainer_client.dataset.row import Problem
from trainer_client.dataset.sources import SOURCES, BadSource, Collected, RowFault
from trainer_client.dataset.stage import Context

_ANY_SIZE = 1 << 60


@dataclass(frozen=True, slots=True)
class BenchmarkProblem:
    """A problem of a benchmark. Its ``suite_id`` names its tests, or is empty if they have no known form."""

    benchmark: str
    problem: Problem


def read_benchmarks(benchmarks: Sequence[BenchmarkConfig], context: Context) -> list[BenchmarkProblem]:
    """Read the problems of all benchmarks, sorted. A row without usable tests is compared by its text and solutions.

    Raises:
        BadSource: a file cannot be read, or a row is not a problem. A problem that cannot be read could not be kept
    out."""
    items = [item for each in benchmarks for item in _read(each, context)]
    return sorted(items, key=lambda item: (item.benchmark, item.problem.id))


def dates_of(benchmarks: Sequence[BenchmarkConfig]) -> dict[str, list[str]]:
    """Return the dates on which each benchmark's problems were published, as far as they state them.

    Raises:
        BadSource: as of ``read_benchmarks``.
    """
    dates = {
        each.name or each.format: [read.problem.date for read in _collected(each) if read.problem.date]
        for each in benchmarks
    }
    return {name: each for name, each in dates.items() if each}


def _read(benchmark: BenchmarkConfig, context: Context) -> Iterator[BenchmarkProblem]:
    name = benchmark.name or benchmark.format
    for number, collected in enumerate(_collected(benchmark), 1):
        yield BenchmarkProblem(name, _with_tests(collected, f"{name}/{collected.problem.source_id or number}", context))


def _collected(benchmark: BenchmarkConfig) -> Iterator[Collected]:
    source = SourceConfig(format=benchmark.format, files=benchmark.files)
    for record in SOURCES[source.format].records(source, _ANY_SIZE):
        try:
            yield SOURCES[source.format].problem(_content(record), source)
        except (RowFault, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadSource(f"{record.where}: no problem of a benchmark: {type(error).__name__}: {error}") from error


def _content(record: Record) -> Mapping[str, Any]:
    assert record.content is not None  # no row is too large
    return record.content()


def _with_tests(collected: Collected, identity: str, context: Context) -> Problem:
    problem = collected.problem.evolve(id=identity)
    match collected.tests:
        case None:
            return problem
        case Suite() as suite:
            return problem.evolve(suite_id=context.suites.put(suite)[0])
        case raw:
            named = problem.evolve(suite_id=context.suites.put_raw(raw.to_json())[0])
    processed = ProcessStage().apply(named, context)
    return processed if isinstance(processed, Problem) else problem
