"""Before RL: the small model learns the task's grammar from demonstrations; gates say whether RL makes sense."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from examples.grpo.model import Shape, fresh, tokenizer
from examples.grpo.task import DEPTHS, LENGTH, PROMPT_LENGTH, Problem, demonstration, planned
from trainer_client.grpo.problems import Task
from trainer_client.rewards.judge import RewardGrader

BATCH, PLANNED, CORRUPTED = 64, 0.6, 0.05
SAMPLES = 4
SEED = 20_000


class GateClosed(RuntimeError):
    """The warmed-up model is not one that an experiment could be run with; the message says why."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The requirements for the warmed-up model, at temperature 1."""

    name: str
    value: float
    least: float
    most: float

    @property
    def open(self) -> bool:
        return self.least <= self.value <= self.most


def warm_up(shape: Shape, steps: int, rate: float, device: str = "cpu") -> Any:
    """A model that writes plans and programs, trained from scratch."""
    torch.manual_seed(SEED)
    rng, model, tokens = random.Random(SEED), fresh(shape).to(device), tokenizer()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=steps, pct_start=0.1)
    started = time.perf_counter()
    for step in range(steps):
        problems = [Problem.drawn(rng, rng.choice(DEPTHS)) for _ in range(BATCH)]
        rows = [
            problem.prompt + demonstration(problem, rng, planned=PLANNED, corrupted=CORRUPTED) for problem in problems
        ]
        batch = tokens(rows, padding=True, padding_side="right", return_tensors="pt").to(device)
        targets = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)[:, PROMPT_LENGTH:]
        logits = model(batch["input_ids"][:, :-1], attention_mask=batch["attention_mask"][:, :-1]).logits[
            :, PROMPT_LENGTH - 1 :
        ]
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 250 == 0 or step == steps - 1:
            print(f"warm-up {step}: loss {loss.item():.3f}, {time.perf_counter() - started:.0f} s", flush=True)
    return model


@torch.no_grad()
def gates(model: Any, held_out: Sequence[Task], judge: RewardGrader) -> list[Gate]:
    """Measure the model on problems that training never shows.

    Raises:
        NotJudged: a program was not judged.
    Source: shared recipe of the project, measured on a prototype that lacked them and could compare nothing.
    """
    tokens, rows = tokenizer(), [task for task in held_out for _ in range(SAMPLES)]
    torch.manual_seed(SEED)
    batch = tokens([task.prompt for task in rows], return_tensors="pt").to(model.device)
    length = 2 * LENGTH
    ids = model.generate(**batch, max_new_tokens=length, do_sample=True, top_k=0)[:, PROMPT_LENGTH:]
    short, double = (
        tokens.batch_decode(written, skip_special_tokens=True) for written in (ids[:, :LENGTH].tolist(), ids.tolist())
    )
    tests = [task.tests for task in rows]
    at_short, at_double = ([each.settled("raise") for each in judge.outcomes(t, tests)] for t in (short, double))
    of_plans = [reward for reward, text in zip(at_double, double, strict=True) if planned(text)]
    cut = [long != text for long, text in zip(double, short, strict=True)]
    return [
        Gate("accuracy at L", _mean(at_short), 0.3, 0.6),
        Gate("accuracy of plans at 2L", _mean(of_plans), 0.9, 1.0),
        Gate("truncated at L", _mean(cut), 0.2, 0.4),
    ]


def base_model(folder: Path, make: Any, held_out: Sequence[Task], judge: RewardGrader) -> list[Gate]:
    """A warmed-up model in ``folder``, made by ``make`` and checked at the gates.

    Raises:
        GateClosed: a gate is closed; nothing is kept.
    """
    model = make()
    checked = gates(model.eval(), held_out, judge)
    for gate in checked:
        print(f"gate {gate.name}: {gate.value:.3f} in [{gate.least}, {gate.most}]: {'open' if gate.open else 'CLOSED'}")
    if not all(gate.open for gate in checked):
        raise GateClosed(f"RL is not started: {[asdict(gate) for gate in checked if not gate.open]}")
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return checked


def _mean(values: Sequence[Any]) -> float:
    return sum(float(value) for value in values) / len(values) if values else 0.0
