"""The arms that are compared: each is a preset and a temperature policy, and differs from another in one thing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trainer_client.grpo.mask import Eligible, TruncationMask
from trainer_client.grpo.presets import DAPO, DAPO_MASK_ALL, GRPO, MICROCODER, Preset

REPEAT_WINDOW = 8
"""m, tokens: the paper's 128 of 4096 would be 1 of 23; 8 is two lines of a plan and more."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to train. ``temperatures``: the one to sample at, more than one for stages, or None for the one that a
    probe of the base model chooses. One that is not ``registered`` was thought of after the others had been seen:
    EXPECTATIONS.md says nothing of it, and it is not run unless it is named."""

    name: str
    preset: Preset
    temperatures: tuple[float, ...] | None = (1.0,)
    registered: bool = True


def _microcoder(probability: float, eligible: Eligible = Eligible.NOT_JUDGED_WRONG) -> Preset:
    return replace(MICROCODER, mask=TruncationMask(probability, eligible, REPEAT_WINDOW))


BASELINE = "dapo"
ARMS = {
    arm.name: arm
    for arm in (
        Arm("grpo", GRPO),
        Arm("dapo", DAPO),
        Arm("dapo_mask_all", DAPO_MASK_ALL),
        Arm("microcoder_01", _microcoder(0.1)),
        Arm("microcoder_02", _microcoder(0.2)),
        Arm("microcoder_05", _microcoder(0.5)),
        Arm("accepted_only", _microcoder(0.5, Eligible.ACCEPTED_ONLY)),
        Arm("fixed_06", _microcoder(0.2), (0.6,)),
        Arm("probed", _microcoder(0.2), None),
        Arm("staged", _microcoder(0.2), (0.6, 1.0)),
        Arm("microcoder_10", _microcoder(1.0), registered=False),
    )
}
