"""Before RL: the small model learns the task's grammar from demonstrations; gates say whether RL makes sense."""

from __future__ import annotations

import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch.nn import functional

from examples.grpo.evaluate import Evaluation, evaluate
from examples.grpo.model import Model
from examples.grpo.task import DEPTHS, IDS, PAD, PROMPT_LENGTH, Problem, demonstration
from trainer_client.rewards.judge import Judge

STEPS, BATCH, RATE, PLANNED, CORRUPTED = 1500, 64, 4e-3, 0.6, 0.05
SEED = 20_000


class GateClosed(RuntimeError):
    """The warmed-up model is not one that an experiment could be run with; the message says why."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What the warmed-up model must be like, at temperature 1."""

    name: str
    value: float
    least: float
    most: float

    @property
    def open(self) -> bool:
        return self.least <= self.value <= self.most


def warm_up(steps: int = STEPS) -> Model:
    """A model that writes plans and programs, trained from scratch."""
    torch.manual_seed(SEED)
    rng, model = random.Random(SEED), Model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, total_steps=steps, pct_start=0.1)
    started = time.perf_counter()
    for step in range(steps):
        problems = [Problem.drawn(rng, rng.choice(DEPTHS)) for _ in range(BATCH)]
        rows = [
            problem.prompt + demonstration(problem, rng, planned=PLANNED, corrupted=CORRUPTED) for problem in problems
        ]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [IDS[PAD]] * (longest - len(row)) for row in rows])
        targets = ids[:, PROMPT_LENGTH:].masked_fill(ids[:, PROMPT_LENGTH:] == IDS[PAD], -100)
        logits = model(ids[:, :-1])[0][:, PROMPT_LENGTH - 1 :]
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 250 == 0 or step == steps - 1:
            print(f"warm-up {step}: loss {loss.item():.3f}, {time.perf_counter() - started:.0f} s", flush=True)
    return model


def gates(evaluation: Evaluation) -> list[Gate]:
    """Source: shared recipe of the project, measured on a prototype that lacked them and could compare nothing."""
    return [
        Gate("accuracy at L", evaluation.accuracy_short, 0.3, 0.6),
        Gate("accuracy of plans at 2L", evaluation.accuracy_of_plans, 0.9, 1.0),
        Gate("truncated at L", evaluation.truncated, 0.2, 0.4),
    ]


def base_model(path: Path, judge: Judge) -> Model:
    """The warmed-up model: from ``path``, else trained now, checked at the gates and kept there.

    Raises:
        GateClosed: a gate is closed; nothing is kept.
    """
    model = Model()
    if path.exists():
        model.load_state_dict(torch.load(path, weights_only=True))
        return model
    model = warm_up()
    checked = gates(evaluate(model, judge))
    for gate in checked:
        print(f"gate {gate.name}: {gate.value:.3f} in [{gate.least}, {gate.most}]: {'open' if gate.open else 'CLOSED'}")
    if not all(gate.open for gate in checked):
        raise GateClosed(f"RL is not started: {[asdict(gate) for gate in checked if not gate.open]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), path)
    return model
