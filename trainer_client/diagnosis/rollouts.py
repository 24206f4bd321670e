"""Rollouts as any trainer makes them: completions with lengths, rewards and verdicts, in groups, step by step."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from trainer_client.grpo.mask import NOT_JUDGED

ACCEPTED, NO_CODE = "accepted", "no_code"


class BadRollouts(ValueError):
    """A log is no log of rollouts, or breaks off in its middle; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One completion. What a log does not say is None, or empty.

    Args:
        length: tokens; words where a log holds only text.
        reward: None where the completion was not judged.
        verdict: the service's.
        tokens: of any hashable kind.
        truncated: it was cut at the maximum length.
        strict: an accepted program also passes exact comparison (``TestReport.strict``).
        advantage: the trainer's, before a mask.
        weight: mean importance weight of its tokens.
    """

    length: int
    reward: float | None
    verdict: str = ""
    tokens: Sequence[Hashable] = ()
    truncated: bool | None = None
    strict: bool | None = None
    advantage: float | None = None
    weight: float | None = None

    @property
    def is_judged(self) -> bool:
        """A reward or a verdict says something about the program."""
        return self.verdict not in NOT_JUDGED if self.verdict else self.reward is not None

    @property
    def is_accepted(self) -> bool:
        """Every test passed; without a verdict, the reward is positive."""
        return self.verdict == ACCEPTED if self.verdict else (self.reward or 0.0) > 0


@dataclass(frozen=True, slots=True)
class RolloutStep:
    """One step's completions, shape (prompts, G), with the figures that the trainer logged itself: names are fields of
    ``StepMetrics``. Either may be empty."""

    number: int
    groups: Sequence[Sequence[Rollout]] = ()
    logged: Mapping[str, float] = field(default_factory=dict)
