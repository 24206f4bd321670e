"""The conditional truncation mask: a completion that was cut, but not shown to be wrong, is sometimes not punished."""

from __future__ import annotations

import random
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trainer_client.grpo.repetition import REPEAT_WINDOW, ends_in_copy, ends_in_loop

NOT_JUDGED = frozenset(["judge_error", "cancelled"])
"""The service's verdicts that say nothing about the program."""


class NoVerdicts(ValueError):
    """The reward function says no verdicts, which the mask hangs on."""


class Eligible(StrEnum):
    """Truncated completions that may be masked: three readings of the paper's "non-incorrect"."""

    NOT_JUDGED_WRONG = "not_judged_wrong"
    """No complete program was found in it, or an accepted one. The default: docs/grpo.md says why."""
    ACCEPTED_ONLY = "accepted_only"
    """An accepted program was found in it. The wording of the authors' blog."""
    ANY = "any"
    """Whatever the verdict."""

    def admits(self, verdict: str) -> bool:
        """Tell if a completion with this verdict of the service may be masked. One that was not judged may not: it
        has no advantage to lose."""
        match self:
            case Eligible.NOT_JUDGED_WRONG:
                return verdict in ("no_code", "accepted")
            case Eligible.ACCEPTED_ONLY:
                return verdict == "accepted"
            case Eligible.ANY:
                return verdict not in NOT_JUDGED


@dataclass(frozen=True, slots=True)
class TruncationMask:
    """Settings of the mask.

    Args:
        probability: rho in [0, 1]; the paper studies 0.1, 0.2 and 0.3. 0: no mask.
        repeat_window: m, tokens; a completion that ends in a repetition of so many is never masked.
        any_period: see every loop of up to m tokens (``ends_in_loop``), not only those whose period divides m.
    Raises:
        ValueError: the probability lies outside [0, 1], or the window is below 1.
    """

    probability: float = 0.2
    eligible: Eligible = Eligible.NOT_JUDGED_WRONG
    repeat_window: int = REPEAT_WINDOW
    any_period: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError(f"the probability must lie in [0, 1], not {self.probability}")
        if self.repeat_window < 1:
            raise ValueError(f"the window must be at least 1 token, not {self.repeat_window}")
        object.__setattr__(self, "eligible", Eligible(self.eligible))

    def keeps(
        self,
        completion_ids: Sequence[Sequence[int]],
        verdicts: Sequence[str],
        *,
        max_length: int,
        eos_ids: Collection[int],
        rng: random.Random,
    ) -> list[bool]:
        """Draw the mask: True keeps a completion's advantage, False takes it (multiply by 0).

        Advantages are computed first, with the masked completions in their groups; a masked completion's tokens stay
        in the loss's denominator.

        Args:
            completion_ids: token ids without padding, shape (B, ragged).
            verdicts: the service's, shape (B,).
            max_length: L_max, tokens.
            eos_ids: tokens that end a completion; one of L_max tokens that ends in such a token was not cut.
            rng: is asked once per completion, whatever the completion is, so that a decision does not hang on the
                other completions of a batch.
        Raises:
            ValueError: the shapes differ, or a completion is longer than ``max_length``.
        Source: MicroCoder-GRPO, advantage equation, 1 - I[|o| = L_max and non-incorrect(o) and not repeat(o, m) and
            U(0,1) < rho]. The end-of-text token and the order of draws are our decisions.
        """
        draws = [rng.random() for _ in completion_ids]
        return [
            not (
                truncated(ids, max_length, eos_ids)
                and self.eligible.admits(verdict)
                and not self.repeats(ids)
                and draw < self.probability
            )
            for ids, verdict, draw in zip(completion_ids, verdicts, draws, strict=True)
        ]

    def repeats(self, ids: Sequence[Hashable]) -> bool:
        """Tell if a completion ends in a repetition, which is never masked."""
        return (ends_in_loop if self.any_period else ends_in_copy)(ids, self.repeat_window)


def truncated(ids: Sequence[int], max_length: int, eos_ids: Collection[int]) -> bool:
    """The completion was cut at ``max_length`` tokens.

    Raises:
        ValueError: it is longer than that.
    """
    if len(ids) > max_length:
        raise ValueError(f"a completion has {len(ids)} tokens, more than the maximum of {max_length}")
    return len(ids) == max_length and (max_length == 0 or ids[-1] not in eos_ids)
