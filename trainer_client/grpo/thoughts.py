"""The tags with which a trainer's chat template opens the thoughts of completions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from evaluator.schema.thoughts import thought_opened_by
from trainer_client.grpo.trl_internals import tokenizer_of

_END_TOKENS = 16
"""Tokens at a prompt's end that hold the longest tag."""


def thoughts_of(trainer: Any, prompts: Sequence[Any]) -> list[str]:
    """Return the tag that each prompt ends in as the trainer's model sees it, "" where it ends in none. A group's
    prompts are rendered once."""
    unique = {json.dumps(prompt, default=str): prompt for prompt in prompts}
    ids, *_ = trainer._tokenize_prompts(list(unique.values()))
    ends = tokenizer_of(trainer).batch_decode([each[-_END_TOKENS:] for each in ids], skip_special_tokens=False)
    opened = dict(zip(unique, map(thought_opened_by, ends), strict=True))
    return [opened[json.dumps(prompt, default=str)] for prompt in prompts]
