"""The registered design: REGISTRATION.md says why. What is here decides which runs count."""

from __future__ import annotations

from pathlib import Path

RHO = {"dapo": 0.0, "microcoder_01": 0.1, "microcoder_02": 0.2, "microcoder_05": 0.5}
"""The mask's probability in the arms that the slope is fitted to; ``dapo`` is the same algorithm without a mask."""
REFERENCE = "dapo"
CONTROL = "accepted_only"
"""At ρ = 0.5, but for completions that cannot occur: it has to lie where ``REFERENCE`` does."""
ARMS = (*RHO, CONTROL)
SEEDS = tuple(range(101, 121))
SIZE = "cpu"
BASE = Path(__file__).with_name("base")
SETTINGS = ("model=examples/grpo/length/base", "evaluation.every=160")
"""Over the size's configuration, in all arms: one base model, and evaluation, which is no endpoint, before the first
step and after the last."""
THREADS = 1
"""Threads of a run, on every machine: sums in another order are other numbers."""
