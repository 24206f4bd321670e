"""GRPO, DAPO and MicroCoder-GRPO as settings."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_client.grpo.loss import Aggregation
from trainer_client.grpo.mask import TruncationMask


@dataclass(frozen=True, slots=True)
class Preset:
    """The settings that set one algorithm apart from the others. None of them has a KL term.

    Args:
        mask: which truncated completions lose their advantage; None: none does.
        filter_truncated: every truncated completion leaves the loss altogether, numerator and denominator
            (DeepCoder's overlong filtering; "mask-all" in the paper).
    Raises:
        ValueError: both a mask and the filter are asked for.
    """

    name: str
    clip_low: float
    clip_high: float
    aggregation: Aggregation
    mask: TruncationMask | None = None
    filter_truncated: bool = False

    def __post_init__(self) -> None:
        if self.mask is not None and self.filter_truncated:
            raise ValueError("a completion that the filter drops cannot be masked: choose one of the two")


GRPO = Preset("grpo", clip_low=0.2, clip_high=0.2, aggregation="sequence")
"""arXiv 2402.03300, with beta = 0."""
DAPO = Preset("dapo", clip_low=0.2, clip_high=0.28, aggregation="token")
"""arXiv 2503.14476: clip-higher and the token-level mean; neither dynamic sampling nor overlong shaping, which the
MicroCoder paper does not mention either."""
DAPO_MASK_ALL = Preset("dapo_mask_all", clip_low=0.2, clip_high=0.28, aggregation="token", filter_truncated=True)
"""The paper's "mask-all" baseline."""
MICROCODER = Preset("microcoder", clip_low=0.2, clip_high=0.28, aggregation="token", mask=TruncationMask())
"""arXiv 2603.07777: DAPO with the conditional truncation mask at rho = 0.2, not judged wrong, m = 128. The paper says
"high clipping" without a number: 0.28 is DAPO's, our decision."""

PRESETS = {preset.name: preset for preset in (GRPO, DAPO, DAPO_MASK_ALL, MICROCODER)}
