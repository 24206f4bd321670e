"""What one run needs and leaves: the base model before all of them, and a record for each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from examples.grpo.arms import ARMS
from examples.grpo.evaluate import evaluate
from examples.grpo.training import Step, probe, record, train
from examples.grpo.warmup import base_model, gates
from trainer_client import EvaluatorClient
from trainer_client.grpo.temperature import Probe
from trainer_client.rewards.judge import Judge

EVALUATE_EVERY, PROBE_SEED = 20, 10


@dataclass(frozen=True, slots=True)
class Job:
    """One arm with one seed, and where its record goes."""

    arm: str
    seed: int
    steps: int
    url: str
    runs: Path

    @property
    def file(self) -> Path:
        return self.runs / f"{self.arm}-{self.seed}-{self.steps}.json"


def prepare(url: str, runs: Path) -> None:
    """The base model, what it can do, and the probe of its temperatures.

    Raises:
        GateClosed: RL would make no sense.
    """
    with EvaluatorClient(url) as client:
        judge, file = Judge(client=client), runs / "base.json"
        model = base_model(runs / "base.pt", judge)
        if file.exists():
            return
        evaluation = evaluate(model, judge)
        probes = probe(model, judge, PROBE_SEED)
        file.write_text(
            json.dumps(
                {
                    "evaluation": record(evaluation),
                    "gates": [asdict(gate) for gate in gates(evaluation)],
                    "probes": [record(each) for each in probes],
                }
            )
        )


def run(job: Job) -> Job:
    """In a process of its own, on one core."""
    torch.set_num_threads(1)
    probes = [Probe(**each) for each in json.loads((job.runs / "base.json").read_text())["probes"]]
    with EvaluatorClient(job.url) as client:
        judge, steps, evaluations = Judge(client=client), [], []
        for value in train(
            ARMS[job.arm],
            job.seed,
            lambda: base_model(job.runs / "base.pt", judge),
            judge,
            steps=job.steps,
            evaluate_every=EVALUATE_EVERY,
            probes=probes,
        ):
            (steps if isinstance(value, Step) else evaluations).append(record(value))
    # Under its name only when it is whole: what is there counts as done.
    unfinished = job.file.with_suffix(".part")
    unfinished.write_text(json.dumps({"arm": job.arm, "seed": job.seed, "steps": steps, "evaluations": evaluations}))
    unfinished.rename(job.file)
    return job
