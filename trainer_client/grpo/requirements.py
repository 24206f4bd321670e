"""Packages that a run's settings need, and what installs them: said before anything heavy is loaded."""

from __future__ import annotations

import os
from importlib.util import find_spec

from trainer_client.grpo.config import BadConfig, TrainConfig

SETTING_PACKAGES = {"use_vllm": "vllm", "deepspeed": "deepspeed", "use_liger_kernel": "liger_kernel"}
"""The package that a setting of ``trainer`` needs."""
REPORTERS = ("trackio", "wandb", "tensorboard")
"""Values of ``report_to`` that are packages with an extra. Others are transformers' to look for."""
_OF_TRL = {"vllm": "vllm", "deepspeed": "deepspeed", "liger_kernel": "liger", "peft": "peft"}
"""Extras of TRL, which knows the versions that it works with."""


def require_packages(config: TrainConfig) -> None:
    """Check that what a run's settings name is installed.

    Raises:
        BadConfig: a package is not; the message has the setting and what to install.
    """
    needed = [(f"trainer.{name}", package) for name, package in SETTING_PACKAGES.items() if config.trainer.get(name)]
    needed += [(f"trainer.report_to: {name}", name) for name in _reporters(config) if name in REPORTERS]
    if config.lora is not None:
        needed.append(("lora", "peft"))
    if os.environ.get("ACCELERATE_USE_DEEPSPEED", "").lower() == "true":
        needed.append(("the launcher's configuration", "deepspeed"))
    for setting, package in needed:
        if find_spec(package) is None:
            install = f"'trl[{_OF_TRL[package]}]'" if package in _OF_TRL else package
            raise BadConfig(f"{setting} needs {package}, which is not installed: pip install {install}")


def _reporters(config: TrainConfig) -> list[str]:
    names = config.trainer.get("report_to") or []
    return [names] if isinstance(names, str) else list(names)
