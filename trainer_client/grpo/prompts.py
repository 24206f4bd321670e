"""Prompts as the model sees them: their length in tokens, and the room that they leave for completions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from transformers import AutoConfig, AutoTokenizer

from trainer_client.grpo.config import BadConfig, TrainConfig
from trainer_client.grpo.problems import Prompt, Task

_log = logging.getLogger(__name__)
_LOADING = ("revision", "trust_remote_code")
"""Keys of ``trainer.model_init_kwargs`` that tell where a model is read from, tokenizer and configuration included."""


def load_tokenizer(config: TrainConfig) -> Any:
    """Load the model's tokenizer, with the run's chat template if it names one.

    Raises:
        BadConfig: there is none, or the template cannot be read.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(config.model, padding_side="left", **_loading(config))
    except (OSError, ValueError) as error:
        raise BadConfig(f"model: {config.model} has no tokenizer that can be loaded: {error}") from error
    if config.chat_template is not None:
        try:
            tokenizer.chat_template = config.chat_template.read_text(encoding="utf-8")
        except OSError as error:
            raise BadConfig(f"chat_template: {error}") from error
    return tokenizer


def window_of(config: TrainConfig) -> int | None:
    """Return how many tokens a prompt and its completion may have together: vLLM's limit if it has one, else the
    model's; None if neither is known."""
    if config.trainer.get("use_vllm") and config.trainer.get("vllm_max_model_length"):
        return int(config.trainer["vllm_max_model_length"])
    model = AutoConfig.from_pretrained(config.model, **_loading(config)).get_text_config()
    positions = getattr(model, "max_position_embeddings", None)
    return int(positions) if positions else None


def fitting(where: str, tasks: Sequence[Task], length: int, tokenizer: Any, config: TrainConfig) -> list[Task]:
    """Return the problems whose prompts are as short as ``max_prompt_tokens`` asks, and log how many are left out.

    Args:
        where: the part of the data, ``train`` or ``evaluation``.
        length: tokens of a completion, at most.
    Raises:
        BadConfig: a prompt that is left gives no room for its completion; the message says which limit would do.
    """
    source = getattr(config.data, where)
    sized = list(zip(tasks, _sizes(tasks, tokenizer, config), strict=True))
    limit = source.max_prompt_tokens
    left = [(task, size) for task, size in sized if limit is None or size <= limit]
    if len(left) < len(sized):
        _log.warning(
            "%d of %d problems left out: prompts of more than %d tokens", len(sized) - len(left), len(sized), limit
        )
    _require_room(where, left, length, window_of(config))
    return [task for task, _ in left]


def _require_room(where: str, sized: Sequence[tuple[Task, int]], length: int, window: int | None) -> None:
    long = [(task.id, size) for task, size in sized if window is not None and size + length > window]
    if window is not None and long:
        raise BadConfig(
            f"data.{where}: {len(long)} of {len(sized)} prompts leave no room for {length} tokens in a window of "
            f"{window}; the first is {long[0][0]!r}, the longest has {max(size for _, size in long)} tokens. Set "
            f"data.{where}.max_prompt_tokens={max(window - length, 0)} to leave them out, or allow fewer tokens"
        )


def _sizes(tasks: Sequence[Task], tokenizer: Any, config: TrainConfig) -> list[int]:
    options = config.trainer.get("chat_template_kwargs") or {}
    return [_size(task.prompt, tokenizer, options) for task in tasks]


def _size(prompt: Prompt, tokenizer: Any, options: dict[str, Any]) -> int:
    if isinstance(prompt, str):
        return len(tokenizer(prompt)["input_ids"])
    ids = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, tokenize=True, return_dict=True, **options)
    return len(ids["input_ids"])


def _loading(config: TrainConfig) -> dict[str, Any]:
    options = config.trainer.get("model_init_kwargs") or {}
    return {name: options[name] for name in _LOADING if name in options}
