"""The preparation of a size, and the command that trains an arm."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from examples.grpo.arms import ARMS
from examples.grpo.model import Shape
from examples.grpo.task import tasks
from examples.grpo.warmup import base_model, warm_up
from trainer_client import EvaluatorClient
from trainer_client.grpo.problems import Task
from trainer_client.rewards.judge import RewardGrader

HERE = Path(__file__).parent
TRAINING_SEED, TRAINING, HELD_OUT_SEED, HELD_OUT = 30_000, 21_000, 77_000, 210


@dataclass(frozen=True, slots=True)
class Size:
    """A configuration, and the model that it starts from."""

    shape: Shape
    steps: int
    rate: float
    device: str = "cpu"


SIZES = {
    "cpu": Size(Shape(64, 2), 1500, 4e-3),
    "cpu85m": Size(Shape(768, 12, 12), 700, 3e-4),
    "gpu": Size(Shape(256, 4), 1000, 1e-3, "cuda"),
}


def prepare(runs: Path, size: Size, device: str | None, url: str) -> None:
    """The problems and the base model, unless they are there.

    Raises:
        GateClosed: RL would make no sense.
    """
    held_out = write_problems(runs)
    if (runs / "gates.json").exists():
        return
    make = partial(warm_up, size.shape, size.steps, size.rate, device or size.device)
    with EvaluatorClient(url) as client:
        checked = base_model(runs / "base", make, held_out, RewardGrader(client=client))
    (runs / "gates.json").write_text(json.dumps([asdict(gate) for gate in checked]))


def write_problems(runs: Path) -> list[Task]:
    """Write the problems to train with and those held out, and return the latter."""
    held_out = tasks("held-out", HELD_OUT_SEED, HELD_OUT)
    for name, rows in (("train", tasks("train", TRAINING_SEED, TRAINING)), ("held_out", held_out)):
        lines = [
            json.dumps({"id": row.id, "prompt": row.prompt, "suite": row.tests, "difficulty": row.difficulty})
            for row in rows
        ]
        (runs / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return held_out


def command(size: str, arm: str, seed: int, settings: Sequence[str], folder: Path, url: str) -> list[str]:
    """``microcoder train`` with a size's configuration and the overrides of an arm; it writes into ``folder``."""
    overrides = [*ARMS[arm].overrides, *settings, f"trainer.seed={seed}", f"trainer.output_dir={folder}"]
    config = str(HERE / f"{size}.yaml")
    return [sys.executable, "-m", "evaluator", "train", "--config", config, "--service", url, *overrides]


def environment(threads: int) -> dict[str, str]:
    """Variables of a run that has ``threads`` threads and asks no hub for anything."""
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1"}
