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


def without_long(tasks: Sequence[Task], limit: int | None, tokenizer: Any, config: TrainConfig) -> list[Task]:
    """Return the problems whose prompts have at most ``limit`` tokens, and log how many are left out."""
    if limit is None:
        return list(tasks)
    sizes = _sizes(tasks, tokenizer, config)
    fitting = [task for task, size in zip(tasks, sizes, strict=True) if size <= limit]
    if len(fitting) < len(tasks):
        left_out = len(tasks) - len(fitting)
        _log.warning("%d of %d problems left out: prompts of more than %d tokens", left_out, len(tasks), limit)
    return fitting


def require_room(where: str, tasks: Sequence[Task], length: int, tokenizer: Any, config: TrainConfig) -> None:
    """Check that each prompt leaves room for completions of ``length`` tokens.

    Raises:
        BadConfig: one does not; the message says which limit would leave such problems out.
    """
    window = window_of(config)
    if window is None:
        return
    sizes = _sizes(tasks, tokenizer, config)
    long = [task.id for task, size in zip(tasks, sizes, strict=True) if size + length > window]
    if long:
        raise BadConfig(
            f"{where}: {len(long)} of {len(tasks)} prompts leave no room for {length} tokens in a window of {window}; "
            f"the longest has {max(sizes)} tokens, the first is {long[0]!r}. Set {where}.max_prompt_tokens="
            f"{max(window - length, 0)} to leave them out, or allow fewer tokens"
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
