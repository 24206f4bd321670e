"""Limits calibrated by one accepted program: do too slow programs still fail, and do right ones flip?

``python -m benchmarks.dataset.calibrated_limits CORPUS [--limit 100] [--minutes M] [--record]``. Every run is a run: no
answer is kept from the one before.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from benchmarks.accuracy.labelled import Labelled
from benchmarks.dataset.bench import Bench, Measurement
from benchmarks.dataset.intervals import share
from benchmarks.dataset.labelled_problems import ICPC_FILES, LCB_FILES, LabelledProblem, labelled_problems
from benchmarks.resumable import Row
from evaluator.schema import Submission, Suite, Verdict
from trainer_client.dataset.verify.table import submission
from trainer_client.limits import LimitRule, slowest_s, with_limit

_CLIENTS = (1, 2, 4)


def items(bench: Bench, options: argparse.Namespace) -> list[LabelledProblem]:
    """The problems whose programs' times are known."""
    groups = (labelled_problems(bench, options.folder, files, references=1) for files in (LCB_FILES, ICPC_FILES))
    return [each for group in groups for each in group[: options.limit]]


def rows(bench: Bench, labelled: LabelledProblem) -> Iterator[Row]:
    """The limit of a problem, and its programs' verdicts before it and with it, by 1, 2 and 4 clients."""
    suite = _calibrated(bench, labelled)
    yield {"id": labelled.problem.id, "limit_s": None if suite is None else suite.limits.cpu_s}
    if suite is None or not labelled.others:
        return
    before = bench.grade([_asked(each, labelled.suite) for each in labelled.others])
    after = [_by_clients(bench, [_asked(each, suite) for each in labelled.others], clients) for clients in _CLIENTS]
    for program, old, *new in zip(labelled.others, before, *after, strict=True):
        yield {"id": program.id, "label": program.label, "before": old.verdict.value, "after": new}


def _calibrated(bench: Bench, labelled: LabelledProblem) -> Suite | None:
    """The suite with the limit that its one reference sets. None if that is not accepted here, or not in Python: a
    faster language says nothing of what Python needs."""
    [reference] = labelled.problem.references
    if reference.language != "python":
        return None
    [report] = bench.grade([submission(reference, labelled.suite)])
    seconds = slowest_s(report)
    return None if seconds is None else with_limit(labelled.suite, LimitRule().limit_s(seconds))


def _asked(item: Labelled, suite: Suite) -> Submission:
    return Submission(code=item.submission["code"], language=item.language, suite=suite, detail="summary")


def _by_clients(bench: Bench, programs: Sequence[Submission], clients: int) -> list[str]:
    """Verdicts of programs that several clients send at a time. ``repeat`` makes each a run of its own."""
    parts = [list(range(start, len(programs), clients)) for start in range(clients)]
    with ThreadPoolExecutor(clients) as threads:
        graded = threads.map(
            lambda part: bench.grade([programs[at] for at in part], repeat=clients), filter(None, parts)
        )
        pairs = zip(chain(*parts), chain(*graded), strict=True)
        verdicts = {place: report.verdict.value for place, report in pairs}
    return [verdicts[place] for place in range(len(programs))]


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the result."""
    problems = [row for row in rows if "limit_s" in row]
    limits = [row["limit_s"] for row in problems if row["limit_s"] is not None]
    mean_s = sum(limits) / max(1, len(limits))
    yield f"{len(limits)} problems, mean limit {mean_s:.1f} s; {len(problems) - len(limits)} more have no reference."
    programs = [row for row in rows if "after" in row]
    passing = [row for row in programs if row["before"] == Verdict.ACCEPTED]
    labelled = [row for row in passing if row["label"] == Verdict.ACCEPTED]
    yield from _flips("Accepted programs", labelled)
    yield from _flips("Programs whose verdict the source leaves open", [row for row in passing if row not in labelled])
    slow = [row for row in programs if row["label"] == Verdict.TIME_LIMIT_EXCEEDED]
    fast = [row for row in slow if row["after"][0] == Verdict.ACCEPTED]
    yield f"- Programs labelled too slow that still fail: {share(len(slow) - len(fast), len(slow))}"
    yield from (f"  - accepted: {row['id']}" for row in fast)
    apart = [row for row in programs if len(set(row["after"])) > 1]
    clients = ", ".join(map(str, _CLIENTS))
    yield f"- Verdicts that differ between {clients} clients: {share(len(apart), len(programs))}"
    yield from (f"  - {row['id']}, labelled {row['label']}: {row['after']}" for row in apart)


def _flips(title: str, passing: Sequence[Row]) -> Iterator[str]:
    flips = [row for row in passing if row["after"][0] != Verdict.ACCEPTED]
    yield f"- {title} that flip: {share(len(flips), len(passing))}"
    yield from (f"  - {row['id']}: {row['after'][0]}" for row in flips)


if __name__ == "__main__":
    Measurement(
        "Calibrated limits", __doc__, items, lambda item: item.problem.id, rows, report, limit=100, threads=1
    ).run()
