"""Time that references and mutants of a whole real set take: 2,090 problems, each with its reference and ten mutants.

``python -m benchmarks.dataset.speed SETS [--problems 2090] [--mutants 10] [--record]``. Programs that stop at a limit
are reported apart: what they take is their limit, whatever the service does. They are found by a first run and left
out of the second, which is timed too.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.dataset.bench import RESULTS
from benchmarks.dataset.real_sets import TEST, TRAIN, MemorySuites, read
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from evaluator.schema import Report, Submission
from trainer_client import EvaluatorClient
from trainer_client.dataset.mutants import mutants
from trainer_client.limits import LIMIT_VERDICTS, with_limit

_CPU_S = 1.0
"""The floor of calibrated limits, which nearly all of these problems have."""


def programs(sets: Path, problems: int, count: int) -> Iterator[Submission]:
    """The reference and mutants of each problem, with its tests."""
    suites = MemorySuites()
    for problem in read(sets, TRAIN, TEST, suites=suites)[:problems]:
        if problem.suite_id:
            suite = with_limit(suites.get(problem.suite_id), _CPU_S)
            code = problem.references[0].code
            for each in (code, *(mutant.code for mutant in mutants(code, count))):
                yield Submission(code=each, suite=suite, policy="first_failure", detail="summary")


def timed(client: EvaluatorClient, asked: Sequence[Submission]) -> tuple[float, list[Report]]:
    """Seconds, and the reports."""
    started = time.perf_counter()
    reports = client.grade_many(asked, timeout_s=None)
    return time.perf_counter() - started, reports


def measure(client: EvaluatorClient, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the result."""
    started = time.perf_counter()
    asked = list(programs(options.sets, options.problems, options.mutants))
    suites = len({each.suite.id for each in asked if each.suite})
    yield f"{suites} problems, {len(asked)} programs, made in {time.perf_counter() - started:.0f} s; limit {_CPU_S} s."
    seconds, reports = timed(client, asked)
    verdicts = Counter(report.verdict.value for report in reports)
    yield f"- all: {seconds:.0f} s, {len(asked) / seconds:.0f} programs a second; {dict(verdicts)}"
    ended = [each for each, report in zip(asked, reports, strict=True) if report.verdict not in LIMIT_VERDICTS]
    stopped = len(asked) - len(ended)
    seconds, _ = timed(client, ended)
    yield f"- without the {stopped} that stop at a limit: {seconds:.0f} s, {len(ended) / seconds:.0f} a second"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, help="the folder with LeetCodeDataset's files")
    parser.add_argument("--problems", type=int, default=2090)
    parser.add_argument("--mutants", type=int, default=10)
    parser.add_argument("--record", action="store_true", help="add the result to benchmarks/dataset/RESULTS.md")
    options = parser.parse_args()
    before, lines = facts(), []
    print(before)
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url, timeout_s=None) as client:
        for line in measure(client, options):
            lines.append(line)
            print(line, flush=True)
    lines.append(f"Load after it: {'/'.join(f'{each:.2f}' for each in os.getloadavg())}.")
    if options.record:
        command = f"python -m benchmarks.dataset.speed SETS --problems {options.problems} --mutants {options.mutants}"
        record("Speed", command, before, lines, RESULTS)


if __name__ == "__main__":
    main()
