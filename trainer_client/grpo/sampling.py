"""Completions beside training: drawn from a trainer's model with settings of their own, shared by all processes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from accelerate.utils import gather_object
from transformers import GenerationConfig
from trl.models import unwrap_model_for_generation

from trainer_client.grpo.problems import Prompt
from trainer_client.grpo.trl_internals import end_ids_of, full_parameters, tokenizer_of


@dataclass(frozen=True, slots=True)
class Draw:
    """Options of sampling. ``length`` is in tokens; each process generates ``batch_size`` at once. The same seed and
    weights give the same completions, and training draws as it would without."""

    length: int
    temperature: float
    top_p: float = 1.0
    batch_size: int = 64
    seed: int = 0


def sample(trainer: Any, prompts: Sequence[Prompt], draw: Draw) -> list[list[int]]:
    """One completion for each prompt: token ids without padding, the end-of-text token included; the same list in all
    processes, which have to call this together."""
    world, rank = trainer.accelerator.num_processes, trainer.accelerator.process_index
    share = -(-len(prompts) // world)
    # As many for every process, as sharded models generate in step; what is too many is dropped at the end.
    mine = [prompts[min(rank * share + number, len(prompts) - 1)] for number in range(share)]
    written: list[list[int]] = []
    with _undisturbed(trainer, draw.seed + rank):
        for start in range(0, share, draw.batch_size):
            ids, _, _ = trainer._tokenize_prompts(mine[start : start + draw.batch_size])
            written += (_by_vllm if trainer.use_vllm else _by_transformers)(trainer, ids, draw)
    everyone: list[list[int]] = gather_object(written)
    return everyone[: len(prompts)]


@contextmanager
def _undisturbed(trainer: Any, seed: int) -> Any:
    """Put the model into evaluation mode, with random numbers apart."""
    training, device = trainer.model.training, trainer.accelerator.device
    devices = [device] if device.type == "cuda" else []
    trainer.model.eval()
    try:
        with torch.random.fork_rng(devices=devices), torch.no_grad():
            torch.manual_seed(seed)
            yield
    finally:
        trainer.model.train(training)


def _by_transformers(trainer: Any, prompt_ids: list[list[int]], draw: Draw) -> list[list[int]]:
    tokenizer, ends = tokenizer_of(trainer), list(end_ids_of(trainer))
    settings = {
        "max_new_tokens": draw.length,
        "do_sample": True,
        "temperature": draw.temperature,
        "top_p": draw.top_p,
        "top_k": 0,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": ends,
    }
    longest, device = max(map(len, prompt_ids)), trainer.accelerator.device
    padded = [[tokenizer.pad_token_id] * (longest - len(ids)) + list(ids) for ids in prompt_ids]
    here = [[0] * (longest - len(ids)) + [1] * len(ids) for ids in prompt_ids]
    with (
        unwrap_model_for_generation(
            trainer.model_wrapped,
            trainer.accelerator,
            gather_deepspeed3_params=trainer.args.ds3_gather_for_generation,
            generation_kwargs=settings,
        ) as model,
        full_parameters(trainer),
    ):
        written = model.generate(
            input_ids=torch.tensor(padded, device=device),
            attention_mask=torch.tensor(here, device=device),
            generation_config=GenerationConfig(**settings, disable_compile=True),
        )
    return [_until_end(ids, ends) for ids in written[:, longest:].tolist()]


def _by_vllm(trainer: Any, prompt_ids: list[list[int]], draw: Draw) -> list[list[int]]:
    engine = trainer.vllm_generation
    if trainer.state.global_step != trainer._last_loaded_step:
        engine.sync_weights()
        trainer._last_loaded_step = trainer.state.global_step
    options = {"max_completion_length": draw.length, "temperature": draw.temperature, "top_p": draw.top_p}
    before = {name: getattr(engine, name) for name in options}
    vars(engine).update(options)
    try:
        _, completion_ids, _, _ = engine.generate(prompts=prompt_ids, images=None, num_generations=1)
    finally:
        vars(engine).update(before)
    return [list(ids) for ids in completion_ids]


def _until_end(ids: list[int], ends: Sequence[int]) -> list[int]:
    last = next((number for number, each in enumerate(ids) if each in ends), len(ids) - 1)
    return ids[: last + 1]
