"""Runs as numbers would have them: 8 prompts with 8 completions a step, whose length, diversity and rewards drift as
told. What goes wrong can be let in at any step."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from trainer_client.diagnosis.metrics import RunFacts
from trainer_client.diagnosis.rollouts import Rollout, RolloutStep
from trainer_client.grpo.mask import TruncationMask

PROMPTS, GROUP, LIMIT, PREFIX, TOKENS = 8, 8, 4096, 40, 5_000
GROWN = 80
"""The step at which a healthy run's completions stop growing: it stays below its limit."""
FACTS = RunFacts(max_length=LIMIT, mask=TruncationMask(0.2, repeat_window=8), prefix=PREFIX)


@dataclass
class SimulatedRun:
    """A run by its parameters at a step. ``inject`` names what goes wrong from ``begin`` on: ``collapse`` of
    diversity, ``relaxation`` drift, ``truncation``."""

    seed: int
    inject: str = ""
    begin: int = 40
    rng: random.Random = field(init=False)
    novelty: float = field(init=False)
    skill: float = field(init=False)
    relaxed: float = field(init=False)
    start_length: float = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.novelty = self.rng.uniform(0.11, 0.16)
        self.skill = self.rng.uniform(0.2, 0.45)
        self.relaxed = self.rng.uniform(0.0, 0.05)
        self.start_length = self.rng.uniform(1000, 1700)

    def steps(self, count: int) -> Iterator[RolloutStep]:
        """Yield the steps of the run."""
        for number in range(1, count + 1):
            wrong = max(number - self.begin + 1, 0) if self.inject else 0
            groups = [self._group(number, wrong) for _ in range(PROMPTS)]
            entropy = (0.5 - 0.001 * number) * self.rng.uniform(0.9, 1.1)
            yield RolloutStep(number, groups, {"entropy": entropy, "temperature": 1.0, "updates": 2.0})

    def _group(self, number: int, wrong: int) -> list[Rollout]:
        pattern = self.rng.choices(range(TOKENS), k=PREFIX)
        novelty = self.novelty * (1 - 0.0008 * number)
        if self.inject == "collapse":
            novelty *= 0.9**wrong
        difficulty = self.rng.uniform(-0.25, 0.25)
        return [self._completion(number, wrong, pattern, novelty, difficulty) for _ in range(GROUP)]

    def _completion(self, number: int, wrong: int, pattern: list[int], novelty: float, difficulty: float) -> Rollout:
        rng = self.rng
        length = int(rng.lognormvariate(0, 0.45) * self.start_length * (1 + 0.004 * min(number, GROWN)))
        if self.inject == "truncation" and rng.random() < min(0.05 * wrong, 0.5):
            length = LIMIT
        length = min(max(length, PREFIX), LIMIT)
        tokens = [rng.randrange(TOKENS) if rng.random() < novelty else token for token in pattern]
        solved = rng.random() < min(max(self.skill + 0.001 * number + difficulty, 0.02), 0.98)
        if length == LIMIT:
            verdict = "no_code" if rng.random() < 0.8 else "wrong_answer"
        else:
            verdict = (
                "accepted" if solved else rng.choice(["wrong_answer"] * 8 + ["runtime_error", "time_limit_exceeded"])
            )
        relaxed = self.relaxed + (min(0.02 * wrong, 0.4) if self.inject == "relaxation" else 0.0)
        strict = rng.random() >= relaxed if verdict == "accepted" else None
        return Rollout(length, float(verdict == "accepted"), verdict, tokens, strict=strict)
