"""Limits calibrated by one accepted program: do too slow programs still fail, and do right ones flip?

``python -m benchmarks.dataset.calibrated_limits CORPUS [--limit 45] [--record]``
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from benchmarks.accuracy.labelled import Labelled
from benchmarks.dataset.bench import Bench, run
from benchmarks.dataset.intervals import share
from benchmarks.dataset.labelled_problems import ICPC_FILES, LCB_FILES, LabelledProblem, labelled_problems
from evaluator.schema import Report, Submission, Suite, Verdict
from trainer_client.dataset.verify.table import submission
from trainer_client.limits import LimitRule, slowest_s, with_limit

_CLIENTS = (1, 2, 4)


def measure(bench: Bench, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the result."""
    problems = labelled_problems(bench, options.folder, LCB_FILES, references=1)[: options.limit]
    problems += labelled_problems(bench, options.folder, ICPC_FILES, references=1)[: options.limit]
    calibrated = [(each, suite) for each in problems if (suite := _calibrated(bench, each)) is not None]
    limits = [suite.limits.cpu_s for _, suite in calibrated]
    mean_s = sum(limits) / max(1, len(limits))
    without = len(problems) - len(calibrated)
    yield f"{len(calibrated)} problems, mean limit {mean_s:.1f} s; {without} without a reference"
    asked = [(item, each.suite, suite) for each, suite in calibrated for item in each.others]
    before = bench.grade([_asked(item, old) for item, old, _ in asked])
    after = bench.grade([_asked(item, new) for item, _, new in asked])
    yield from _flips([item for item, _, _ in asked], before, after)
    yield from _by_clients(bench, [_asked(item, new) for item, _, new in asked], after)


def _calibrated(bench: Bench, labelled: LabelledProblem) -> Suite | None:
    """The suite with the limit that its one reference sets, None where that is not accepted here."""
    [report] = bench.grade([submission(labelled.problem.references[0], labelled.suite)])
    seconds = slowest_s(report)
    return None if seconds is None else with_limit(labelled.suite, LimitRule().limit_s(seconds))


def _asked(item: Labelled, suite: Suite) -> Submission:
    return Submission(code=item.submission["code"], language=item.language, suite=suite, detail="summary")


def _flips(items: Sequence[Labelled], before: Sequence[Report], after: Sequence[Report]) -> Iterator[str]:
    rows = list(zip(items, before, after, strict=True))
    right = [row for row in rows if row[1].verdict is Verdict.ACCEPTED]
    flips = [row for row in right if row[2].verdict is not Verdict.ACCEPTED]
    slow = [row for row in rows if row[0].expected == (Verdict.TIME_LIMIT_EXCEEDED.value,)]
    failing = [row for row in slow if row[2].verdict is not Verdict.ACCEPTED]
    yield f"- accepted programs that flip: {share(len(flips), len(right))}"
    yield from (f"  - {item.id}: {new.verdict}" for item, _, new in flips)
    yield f"- programs labelled too slow that still fail: {share(len(failing), len(slow))}"
    yield from (f"  - accepted: {row[0].id}" for row in slow if row not in failing)


def _by_clients(bench: Bench, asked: Sequence[Submission], first: Sequence[Report]) -> Iterator[str]:
    for clients in _CLIENTS:
        parts = [list(range(start, len(asked), clients)) for start in range(clients)]
        with ThreadPoolExecutor(clients) as threads:
            graded = list(threads.map(lambda part: bench.grade([asked[place] for place in part]), parts))
        pairs = zip(chain(*parts), chain(*graded), strict=True)
        verdicts = {place: report.verdict for place, report in pairs}
        others = [place for place, report in enumerate(first) if verdicts[place] is not report.verdict]
        yield f"- {clients} clients: {share(len(others), len(asked))} verdicts differ from the first run's"


if __name__ == "__main__":
    run("Calibrated limits", __doc__, measure)
