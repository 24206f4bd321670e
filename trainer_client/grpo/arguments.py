"""From a run's configuration to TRL's, and to the sizes of a rollout."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from trl import GRPOConfig

from trainer_client.grpo.config import BadConfig, TrainConfig, unknown
from trainer_client.grpo.trl import options


def arguments_of(config: TrainConfig) -> Any:
    """TRL's configuration, with what the preset decides.

    Raises:
        BadConfig: a key is unknown, is the preset's, or has a value that TRL refuses.
    """
    algorithm = options(config.algorithm())
    known = {each.name for each in fields(GRPOConfig) if each.init} - algorithm.keys() - {"temperature"}
    for name in config.trainer:
        if name == "temperature":
            raise BadConfig("trainer.temperature: write temperature, without trainer")
        if name in algorithm:
            raise BadConfig(f"trainer.{name}: the preset decides it; {config.preset!r} has {algorithm[name]!r}")
        if name not in known:
            raise BadConfig(f"trainer: {unknown(name, known)}")
    try:
        arguments = GRPOConfig(**config.trainer, **algorithm, **_first_stage(config))
    except (ValueError, TypeError) as error:
        raise BadConfig(f"trainer: {error}") from error
    per_rollout = arguments.steps_per_generation * arguments.num_iterations // arguments.gradient_accumulation_steps
    if arguments.save_strategy == "steps" and arguments.save_steps % max(per_rollout, 1):
        raise BadConfig(
            f"trainer.save_steps: {arguments.save_steps} is no multiple of the {per_rollout} steps that a rollout is "
            "trained on; a run that is resumed within a rollout would not go on as it had been"
        )
    return arguments


def require_a_rollout(arguments: Any, problems: int) -> None:
    """Check that there are problems for one rollout: TRL leaves an incomplete one out, and would train no step.

    Raises:
        BadConfig: there are not.
    """
    needed = arguments.generation_batch_size // arguments.num_generations
    if problems < needed:
        raise BadConfig(
            f"data.train: {problems} problems, and a rollout takes {needed}: {arguments.per_device_train_batch_size} "
            f"completions a process x {arguments.world_size} processes x {arguments.steps_per_generation} steps / "
            f"{arguments.num_generations} completions a problem. Add problems, or make the rollout smaller"
        )


def _first_stage(config: TrainConfig) -> dict[str, Any]:
    schedule = config.scheduled()
    length = schedule.length_at(0) if schedule else None
    return {"temperature": _first_temperature(config), **({"max_completion_length": length} if length else {})}


def _first_temperature(config: TrainConfig) -> float:
    if config.scheduled_temperature is not None:
        return config.scheduled_temperature
    if (stages := config.staged()) is not None:
        return stages.temperatures[0]
    return config.temperature if isinstance(config.temperature, float) else 1.0  # until the probe has chosen


def evaluation_lengths(config: TrainConfig, arguments: Any) -> list[int]:
    """The lengths at which held-out problems are scored, rising."""
    length = longest_completion(config, arguments)
    return sorted(config.evaluation.lengths) or [length, 2 * length]


def longest_completion(config: TrainConfig, arguments: Any) -> int:
    """The most tokens that a completion of training has."""
    schedule = config.scheduled()
    longest: int = max([arguments.max_completion_length, *(schedule.lengths if schedule else [])])
    return longest
