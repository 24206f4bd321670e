"""Reward time that a step still shows where grading begins as each sample is finished, and where it waits for the last.

``python -m benchmarks.overlap --corpus DIR [--record]``. The batch is that of ``benchmarks.grpo_batch``: real programs,
64 problems, 8 programs each. The generation is a trace: all samples begin together, each at the same rate of tokens,
with lengths from a log-normal distribution that is cut at the context. A sample that was cut holds no whole program;
``--cut-programs`` has it hold one all the same, which is the worst case: they all end in the same moment. With
``--calibrated`` each suite's limit follows the slowest program that was accepted, as ``microcoder calibrate`` sets it;
else it is the data set's.

Exposed reward time: seconds from the last sample's end to the last report. It is measured here with this machine's
workers, the trace replayed in real time, and simulated for nodes with more of them: reports come first come, first
served, after as long as the service ran each submission here (``run_s``). The simulation with this machine's number of
workers stands beside the measurement, so that you see how far to trust it.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from benchmarks.grpo_batch import CalibratedSuites, grpo
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from evaluator.schema import Report, Submission
from trainer_client import EvaluatorClient

NO_PROGRAM = "I will look at small cases first. For n = 1 the answer is"
"""A response that was cut in the middle of its reasoning."""
WORKERS_OF_NODES = (8, 32, 64, 96)
_OVERHEAD_S = 0.01
"""Time of a submission on its way there and back, on top of its run: about two gathering times and a request."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A generation: the second at which each sample ends, and whether it was cut at the context."""

    ends_s: Sequence[float]
    is_cut: Sequence[bool]

    @classmethod
    def draw(cls, count: int, options: argparse.Namespace) -> Trace:
        """Draw lengths of ``count`` samples."""
        generator = random.Random(options.seed)
        drawn = [options.median_tokens * generator.lognormvariate(0, options.sigma) for _ in range(count)]
        lengths = [min(length, options.context) for length in drawn]
        return cls([length / options.rate for length in lengths], [length > options.context for length in drawn])

    @property
    def generation_s(self) -> float:
        """Seconds until the last sample's end."""
        return max(self.ends_s)


def main() -> None:
    """Entry point."""
    options = _options()
    before = facts()
    programs = list(grpo(options.corpus)(0))
    trace = Trace.draw(len(programs), options)
    submissions = [
        program
        if options.cut_programs or not cut
        else program.model_copy(update={"code": None, "response": NO_PROGRAM})
        for program, cut in zip(programs, trace.is_cut, strict=True)
    ]
    workers = len(os.sched_getaffinity(0))
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url) as client:
        warm_up = list(grpo(options.corpus)(1))
        reports = client.grade_many(warm_up)  # toolchains, the order of tests
        if options.calibrated:
            calibrated = CalibratedSuites(warm_up, reports)
            submissions = [calibrated.of(submission) for submission in submissions]
            client.grade_many([calibrated.of(submission) for submission in warm_up])
        last, last_reports = _measure(lambda: _after_the_last(client, submissions, trace))
        early, early_reports = _measure(lambda: _as_they_end(client, submissions, trace))
    differ = [
        f"{submission.id}: {last_report.verdict}, {early_report.verdict}"
        for submission, last_report, early_report in zip(submissions, last_reports, early_reports, strict=True)
        if last_report.verdict != early_report.verdict
    ]
    service_s = [report.run_s + _OVERHEAD_S for report in early_reports]
    lines = [
        *_facts_of(trace, options, early_reports),
        f"Verdicts that differ between the two ways: {'; '.join(differ) or 'none'}.",
        "",
        "| workers | | reward time after the last sample | of the step | grading begins as samples end | of the step |",
        "|---|---|---|---|---|---|",
        _row(workers, "measured", last - trace.generation_s, early - trace.generation_s, trace),
        *(
            _row(
                count, "simulated", _exposed_s([trace.generation_s] * len(service_s), service_s, count), exposed, trace
            )
            for count in (workers, *WORKERS_OF_NODES)
            for exposed in [_exposed_s(trace.ends_s, service_s, count)]
        ),
    ]
    print(before, *lines, sep="\n")
    if options.record:
        arguments = " --cut-programs" * options.cut_programs + " --calibrated" * options.calibrated
        record("Overlap of grading and generation", f"python -m benchmarks.overlap{arguments}", before, lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="a directory of labelled programs")
    parser.add_argument("--median-tokens", type=float, default=2400, help="of a sample, before it is cut")
    parser.add_argument("--sigma", type=float, default=0.5, help="of the logarithm of the length")
    parser.add_argument("--context", type=int, default=4096, help="tokens at which samples are cut")
    parser.add_argument("--rate", type=float, default=40, help="tokens a second of one sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cut-programs", action="store_true", help="samples that were cut hold a program too")
    parser.add_argument("--calibrated", action="store_true", help="limits by the slowest program that is accepted")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    return parser.parse_args()


def _measure(replay: Callable[[], list[Report]]) -> tuple[float, list[Report]]:
    began = time.perf_counter()
    reports = replay()
    return time.perf_counter() - began, reports


def _after_the_last(client: EvaluatorClient, submissions: Sequence[Submission], trace: Trace) -> list[Report]:
    """Grade the batch when the last sample has ended."""
    time.sleep(trace.generation_s)
    return client.grade_many(submissions)


def _as_they_end(client: EvaluatorClient, submissions: Sequence[Submission], trace: Trace) -> list[Report]:
    """Submit each sample at its end, in real time."""
    began = time.perf_counter()
    futures: dict[int, Future[Report]] = {}
    for place in sorted(range(len(submissions)), key=trace.ends_s.__getitem__):
        time.sleep(max(0.0, began + trace.ends_s[place] - time.perf_counter()))
        futures[place] = client.submit(submissions[place])
    return [futures[place].result() for place in range(len(submissions))]


def _exposed_s(ends_s: Sequence[float], service_s: Sequence[float], workers: int) -> float:
    """Simulate workers that take submissions as they come: seconds from the last sample's end to the last report."""
    free_s = [0.0] * workers
    for end_s, run_s in sorted(zip(ends_s, service_s, strict=True)):
        heapq.heapreplace(free_s, max(free_s[0], end_s) + run_s)
    return max(0.0, max(free_s) - max(ends_s))


def _facts_of(trace: Trace, options: argparse.Namespace, reports: Sequence[Report]) -> list[str]:
    run_s = sorted(report.run_s for report in reports)
    too_slow = sum(report.verdict == "time_limit_exceeded" for report in reports)
    held = "with" if options.cut_programs else "without"
    limits = "calibrated" if options.calibrated else "the data set's"
    return [
        f"{len(reports)} samples, {sum(trace.is_cut)} cut at {options.context} tokens ({held} a program), {too_slow} "
        f"too slow. Trace: log-normal lengths, median {options.median_tokens:g} tokens, sigma {options.sigma:g}, "
        f"{options.rate:g} tokens/s, seed {options.seed}, so {trace.generation_s:.0f} s of generation. Service time: "
        f"mean {statistics.fmean(run_s):.3f} s, median {statistics.median(run_s):.3f} s, longest {run_s[-1]:.1f} s, "
        f"all {sum(run_s):.0f} s. Limits: {limits}. Kept results off.",
    ]


def _row(workers: int, kind: str, last_s: float, early_s: float, trace: Trace) -> str:
    def of_step(exposed_s: float) -> str:
        return f"{exposed_s / (trace.generation_s + exposed_s):.1%}"

    return f"| {workers} | {kind} | {last_s:.2f} s | {of_step(last_s)} | {early_s:.2f} s | {of_step(early_s)} |"


if __name__ == "__main__":
    main()
