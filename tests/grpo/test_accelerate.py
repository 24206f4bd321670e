"""The launchers' configurations, as accelerate's own loader and TRL's own configuration read them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import launch_command_parser
from accelerate.utils import FullyShardedDataParallelPlugin
from trl import GRPOConfig

from trainer_client.grpo.config import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "grpo"
FILES = sorted((EXAMPLE / "accelerate").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_accelerate_reads_it(file: Path) -> None:
    config = load_config_from_file(str(file))
    assert (config.num_processes, config.mixed_precision) == (8, "bf16")
    sharding: dict[str, Any] = getattr(config, "deepspeed_config", {}) | getattr(config, "fsdp_config", {})
    known = {action.dest for action in launch_command_parser()._actions}
    assert sharding
    # What its launcher has no option for it would leave out without a word.
    assert {name if name.startswith(("zero", "fsdp", "gradient", "offload", "deepspeed")) else f"?{name}" for name in sharding} <= known  # fmt: skip


def test_fsdp_is_of_version_two(monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config_from_file(str(EXAMPLE / "accelerate" / "fsdp2.yaml"))
    for name, value in config.fsdp_config.items():
        monkeypatch.setenv(name.upper(), str(value))
    monkeypatch.setenv("FSDP_VERSION", str(config.fsdp_config["fsdp_version"]))
    assert FullyShardedDataParallelPlugin().fsdp_version == 2


def test_the_run_on_eight_gpus_is_made_of_fields_that_trl_has() -> None:
    config = load(EXAMPLE / "qwen3_4b.yaml")
    assert config.trainer.keys() <= {each.name for each in fields(GRPOConfig)}
    rollout = 8 * config.trainer["per_device_train_batch_size"] * config.trainer["steps_per_generation"]
    assert rollout == 64 * config.trainer["num_generations"]
    updates = config.trainer["steps_per_generation"] // config.trainer["gradient_accumulation_steps"]
    assert updates == 2
    assert config.trainer["save_steps"] % updates == 0
    prompt = config.data.train.max_prompt_tokens
    assert prompt is not None
    assert max(config.evaluation.lengths) + prompt <= config.trainer["vllm_max_model_length"]
    assert config.trainer["save_total_limit"] == 2
    assert config.trainer["model_init_kwargs"] == {"dtype": "bfloat16"}
