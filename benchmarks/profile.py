"""Profile of the service: CPU seconds by process, and samples of the API's and a worker's Python (py-spy).

``python -m benchmarks.profile [--count 800] [--corpus DIR] [--record]``: light programs over HTTP, right ones, 40 tests
each; and, where the labelled programs are at hand, the batch of ``benchmarks.throughput`` without those that are too
slow. With each test's report, and without, as rewards ask; the programs' own share is known with them.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from benchmarks.grpo_batch import Batch, grpo
from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.throughput import RIGHT, TESTS, MeasuredThroughput, light
from evaluator.local import local_service
from evaluator.schema import Detail, Submission
from trainer_client import EvaluatorClient

_PER_S = 200
_SHOWN = 14
_PROGRAMS, _OUTSIDE = "programs, in their tests", "programs, before and after their tests"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=800, help="programs")
    parser.add_argument("--corpus", type=Path, help="a directory of labelled programs")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    batches = {f"Light programs, {TESTS} tests": light(RIGHT, options.count)}
    if options.corpus is not None:
        batches["Real programs, none too slow"] = grpo(options.corpus, too_slow=False)
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url) as client:
        api = psutil.Process(service.process.pid)
        lines = []
        for name, batch in batches.items():
            MeasuredThroughput.of(client, batch(0))
            lines += [f"### {name}", "", *_by_process(client, api, batch), ""]
            lines += [*_by_function(client, api, batch), ""]
    print(before, *lines, sep="\n")
    if options.record:
        command = f"python -m benchmarks.profile{' --corpus CORPUS' * bool(options.corpus)}"
        record("Profile: CPU by process and by function", command, before, lines)


def _by_process(client: EvaluatorClient, api: psutil.Process, batch: Batch) -> Iterator[str]:
    workers = api.children()
    jails = [process for worker in workers for process in _resident(worker)]
    groups = {"client": [psutil.Process()], "API": [api], "workers": workers, "jails' own processes": jails}
    used, measured = _used(client, groups, batch(1), "tests")
    summary, without = _used(client, groups, batch(2), "summary")
    used[_PROGRAMS], used[_OUTSIDE] = measured.cpu_s, used[_OUTSIDE] - measured.cpu_s
    count = measured.submissions
    wall = (f"{count / each.wall_s:.0f} ({each.wall_s / count * 1e3:.2f} ms for each)" for each in (measured, without))
    yield f"Programs a second on {len(workers)} workers: {next(wall)}; without the tests' reports {next(wall)}."
    yield f"The programs' own share of all CPU time: {measured.cpu_s / sum(used.values()):.2f}."
    yield ""
    yield "| who | CPU ms for each program | µs for each test | ms without the tests' reports |"
    yield "|---|---|---|---|"
    for name, seconds in used.items():
        without_ms = f"{summary[name] / count * 1e3:.2f}" if name in groups else ""
        yield f"| {name} | {seconds / count * 1e3:.2f} | {seconds / measured.tests * 1e6:.0f} | {without_ms} |"


def _used(
    client: EvaluatorClient, groups: dict[str, list[psutil.Process]], batch: Sequence[Submission], detail: Detail
) -> tuple[dict[str, float], MeasuredThroughput]:
    """CPU seconds by group, and of all processes of programs: those that the jails' own have waited for."""
    used = {name: -_cpu_s(processes) for name, processes in groups.items()}
    used[_OUTSIDE] = -_waited_for_s(groups["jails' own processes"])
    measured = MeasuredThroughput.of(client, batch, detail)
    for name, processes in groups.items():
        used[name] += _cpu_s(processes)
    used[_OUTSIDE] += _waited_for_s(groups["jails' own processes"])
    return used, measured


def _resident(worker: psutil.Process) -> list[psutil.Process]:
    """Return the permanent processes of a slot: the one that the jail depends on, and its init. Those below are
    programs."""
    return [process for top in worker.children() for process in (top, *top.children())]


def _cpu_s(processes: list[psutil.Process]) -> float:
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes if process.is_running())


def _waited_for_s(processes: list[psutil.Process]) -> float:
    return sum(process.cpu_times().children_user + process.cpu_times().children_system for process in processes)


def _by_function(client: EvaluatorClient, api: psutil.Process, batch: Batch) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        watched = {"API": api, "a worker": api.children()[0]}
        spies = {name: _spy(process, Path(folder, str(process.pid))) for name, process in watched.items()}
        MeasuredThroughput.of(client, batch(3))
        for name, spy in spies.items():
            spy.send_signal(signal.SIGINT)
            spy.wait()
            yield from ("", f"Of the time that {name} was not idle (self: in that function itself):", "")
            yield from _table(Path(folder, str(watched[name].pid)).read_text())


def _spy(process: psutil.Process, to: Path) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--rate", str(_PER_S), "--format", "raw"]
    return subprocess.Popen(
        [*command, "--duration", "3600", "--output", str(to), "--pid", str(process.pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _table(stacks: str) -> Iterator[str]:
    """The functions that most samples were in."""
    anywhere: Counter[str] = Counter()
    itself: Counter[str] = Counter()
    total = 0
    for line in stacks.splitlines():
        frames, _, samples = line.rpartition(" ")
        names = [frame.rsplit(":", 1)[0].replace(" (", " (").rstrip(")") + ")" for frame in frames.split(";")]
        total += int(samples)
        itself[names[-1]] += int(samples)
        for name in set(names):
            anywhere[name] += int(samples)
    yield "| function | time in it | self |"
    yield "|---|---|---|"
    shown = [name for name, samples in anywhere.most_common() if samples < 0.98 * total][:_SHOWN]
    for name in sorted({*shown, *(name for name, _ in itself.most_common(6))}, key=lambda name: -anywhere[name]):
        yield f"| {name} | {anywhere[name] / total:.0%} | {itself[name] / total:.0%} |"


if __name__ == "__main__":
    main()
