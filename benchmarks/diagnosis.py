"""Cost of diagnosing a step, and how soon alarms come: ``python -m benchmarks.diagnosis [--record]``."""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.machine import facts, record
from tests.diagnosis.simulated import FACTS, SimulatedRun
from trainer_client.diagnosis.alarms import Level
from trainer_client.diagnosis.metrics import RunFacts, measure
from trainer_client.diagnosis.monitor import RaisedAlarm, TrainingMonitor
from trainer_client.diagnosis.rollouts import Rollout, RolloutStep
from trainer_client.diagnosis.sources import LogFiles, read_steps
from trainer_client.grpo.mask import TruncationMask

PROMPTS, GROUP, LENGTH, VOCABULARY = 64, 8, 8192, 150_000
VERDICTS = ("accepted", "wrong_answer", "no_code")
BEGIN, STEPS = 40, 80
"""The step at which something goes wrong, and the steps of a run."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    before = facts()
    lines = [*_costs(arguments.rounds), "", *_alarms(arguments.runs)]
    print("\n".join(lines))
    if arguments.record:
        command = f"python -m benchmarks.diagnosis --rounds {arguments.rounds} --runs {arguments.runs}"
        record("Diagnosis of runs", command, before, lines)


def _costs(rounds: int) -> list[str]:
    step = _large_step()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "run.jsonl")
        file.write_text("".join(_rows(step)))
        read_s = _cpu_s(lambda: list(read_steps(LogFiles([file]))), rounds)
        size_mb = file.stat().st_size / 1e6
    measure_s = _cpu_s(lambda: measure(step, RunFacts(LENGTH, mask=TruncationMask())), rounds)
    return [
        f"A step of {PROMPTS * GROUP} completions with {LENGTH:,} tokens each, one process, median of {rounds}:",
        "",
        "| part | CPU s |",
        "|---|---|",
        f"| reading {size_mb:.0f} MB of JSON lines | {read_s:.2f} |",
        f"| all figures, diversity on the first 512 tokens | {measure_s:.2f} |",
        f"| together | {read_s + measure_s:.2f} |",
    ]


def _large_step() -> RolloutStep:
    rng = random.Random(1)

    def completion(place: int) -> Rollout:
        verdict = VERDICTS[place % len(VERDICTS)]
        tokens = rng.choices(range(VOCABULARY), k=LENGTH)
        return Rollout(LENGTH, float(verdict == "accepted"), verdict, tokens)

    return RolloutStep(1, [[completion(place) for place in range(GROUP)] for _ in range(PROMPTS)])


def _rows(step: RolloutStep) -> Iterator[str]:
    for number, group in enumerate(step.groups):
        for each in group:
            row = {"step": 1, "group": str(number), "tokens": list(each.tokens), "verdict": each.verdict}
            yield json.dumps(row) + "\n"


def _cpu_s(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return median(times)


def _alarms(runs: int) -> list[str]:
    rows = []
    for inject in ("", "collapse", "relaxation", "truncation"):
        alarms = [_observed(SimulatedRun(seed, inject, BEGIN)) for seed in range(runs)]
        early = sum(any(alarm.step < BEGIN or not inject for alarm in each) for each in alarms)
        delays = [min((a.step - BEGIN + 1 for a in each if a.rule == inject), default=STEPS) for each in alarms]
        shown = f"{min(delays)} to {max(delays)}, median {median(delays):g}" if inject else ""
        rows.append(f"| {inject or 'nothing'} | {runs} | {early} | {shown} |")
    return [
        f"Simulated runs of {STEPS} steps (`tests/diagnosis/simulated.py`); it begins at step {BEGIN}:",
        "",
        "| what goes wrong | runs | with a false alarm | alarm at its step |",
        "|---|---|---|---|",
        *rows,
    ]


def _observed(run: SimulatedRun) -> list[RaisedAlarm]:
    monitor = TrainingMonitor(FACTS)
    for step in run.steps(STEPS):
        monitor.observe(step)
    return [alarm for alarm in monitor.alarms if alarm.level is Level.ALARM]


if __name__ == "__main__":
    main()
