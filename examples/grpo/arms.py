"""The arms that are compared: each is what ``microcoder train`` is told over the configuration, and differs from another
in one thing."""

from __future__ import annotations

from dataclasses import dataclass

NO_MASK = ("mask=null",)
PROBED = ("temperature=probe", "probe.temperatures=[0.4, 0.6, 0.8, 1.0, 1.2, 1.4]")
STAGES = "{temperatures: [0.6, 1.0], floor: 0.5, patience: 5, dwell: 20, memory: 0.8}"


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to train. One that is not ``registered`` was thought of after the others had been seen on the CPU:
    EXPECTATIONS.md says nothing of it there, and it is not run unless it is named."""

    name: str
    overrides: tuple[str, ...]
    registered: bool = True


BASELINE = "dapo"
ARMS = {
    arm.name: arm
    for arm in (
        Arm("grpo", ("preset=grpo", *NO_MASK)),
        Arm("dapo", ("preset=dapo", *NO_MASK)),
        Arm("dapo_mask_all", ("preset=dapo_mask_all", *NO_MASK)),
        Arm("microcoder_01", ("mask.probability=0.1",)),
        Arm("microcoder_02", ("mask.probability=0.2",)),
        Arm("microcoder_05", ("mask.probability=0.5",)),
        Arm("accepted_only", ("mask.probability=0.5", "mask.eligible=accepted_only")),
        Arm("fixed_06", ("mask.probability=0.2", "temperature=0.6")),
        Arm("probed", ("mask.probability=0.2", *PROBED)),
        Arm("staged", ("mask.probability=0.2", "temperature=null", f"stages={STAGES}")),
        Arm("microcoder_10", ("mask.probability=1.0",), registered=False),
    )
}
