"""Parts of TRL that are private and that this project touches, for each version in the range (1.0 to 1.16).

Without torch, so that the command can tell what is installed before it loads anything heavy.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import metadata
from typing import Any

from evaluator.schema.thoughts import thought_opened_by

_END_TOKENS = 16
"""Tokens at a prompt's end that hold the longest tag."""

OLDEST, NEWEST = (1, 0), (1, 16)
RANGE = "trl>=1.0,<1.17"


class TrlChanged(RuntimeError):
    """TRL is not as this project knows it: the message says what is missing. Install a version in the range, or train
    stage by stage with TRL alone."""


def require_known_version() -> None:
    """Check that the installed TRL is in the range.

    Raises:
        TrlChanged: it is not.
    """
    installed = metadata.version("trl")
    if not OLDEST <= _release(installed) <= NEWEST:
        raise TrlChanged(f"trl {installed} is installed, and its private parts are not known here: install {RANGE!r}")


def _release(version: str) -> tuple[int, int]:
    major, minor, *_ = f"{version}.0".split(".")
    return int(major), int(minor)


def tokenizer_of(trainer: Any) -> Any:
    """Return a trainer's tokenizer. TRL 1.3 gave it a name; before, a trainer has it, or a processor around it."""
    processor = trainer.processing_class
    return getattr(trainer, "_tokenizer", None) or getattr(processor, "tokenizer", processor)


def end_ids_of(trainer: Any) -> Sequence[int]:
    """Return the tokens that end a completion: those of the model's generation since TRL 1.14, the tokenizer's one
    before."""
    ids: Sequence[int] | None = getattr(trainer, "eos_token_ids", None)
    return ids if ids is not None else [tokenizer_of(trainer).eos_token_id]


def generate(trainer: Any, prompt_ids: list[list[int]]) -> tuple[list[list[int]], Any]:
    """Generate a completion of each prompt as the trainer does: token ids, and log-probabilities or None. TRL 1.14
    began to ask how many completions a prompt has."""
    arguments: dict[str, Any] = {"images": None, "multimodal_fields": {}}
    if "num_generations" in inspect.signature(trainer._generate_single_turn).parameters:
        in_training = trainer.model.training
        arguments["num_generations"] = trainer.num_generations if in_training else trainer.num_generations_eval
    completion_ids, logprobs = trainer._generate_single_turn(prompt_ids, **arguments)
    return completion_ids, logprobs


def parses_responses(trainer: Any) -> bool:
    """Tell if TRL takes a chat's completions apart into messages, and does not only decode them."""
    tokenizer = tokenizer_of(trainer)
    return any(getattr(tokenizer, name, None) is not None for name in ("response_template", "response_schema"))


def full_parameters(trainer: Any) -> AbstractContextManager[Any]:
    """Gather the parameters that FSDP has sharded, to generate with. TRL 1.6 gave this a name."""
    sharding, model = getattr(trainer, "_dist", None), trainer.model_wrapped
    if sharding is not None:
        gathered: AbstractContextManager[Any] = sharding.summon_full_params(model, recurse=False)
        return gathered
    if not trainer.is_fsdp_enabled:
        return nullcontext()
    from torch.distributed.fsdp import FullyShardedDataParallel

    summoned: AbstractContextManager[Any] = FullyShardedDataParallel.summon_full_params(model, recurse=False)
    return summoned


def temperature_cells(model: Any) -> Iterator[Any]:
    """Find the variables in which the forward that TRL has patched since 1.15 keeps its temperature; before, TRL reads
    the trainer's. The variable is set, and the forward not patched anew, so that other wrappers around it (mixed
    precision, compilation) stay."""
    for module in model.modules():
        for name in ("forward", "_original_forward"):
            function: Any = getattr(vars(module).get(name), "__func__", None)
            code = getattr(function, "__code__", None)
            if code is not None and code.co_name == "_fused_forward" and "temperature" in code.co_freevars:
                yield function.__closure__[code.co_freevars.index("temperature")]


def refuse_fixed_temperature(trainer: Any) -> None:
    """Refuse to change the temperature where the loss holds a copy of its own, as Liger's does before TRL 1.15.

    Raises:
        TrlChanged: it does.
    """
    if any(hasattr(trainer, name) for name in ("liger_loss", "liger_grpo_loss")):
        raise TrlChanged("use_liger_kernel: before TRL 1.15 Liger's loss keeps the temperature that it began with")


def thoughts_of(trainer: Any, prompts: Sequence[Any]) -> list[str]:
    """Return the tag that each prompt ends in as the trainer's model sees it, "" where it ends in none. A group's
    prompts are rendered once."""
    unique = {json.dumps(prompt, default=str): prompt for prompt in prompts}
    ids, *_ = trainer._tokenize_prompts(list(unique.values()))
    ends = tokenizer_of(trainer).batch_decode([each[-_END_TOKENS:] for each in ids], skip_special_tokens=False)
    opened = dict(zip(unique, map(thought_opened_by, ends), strict=True))
    return [opened[json.dumps(prompt, default=str)] for prompt in prompts]
