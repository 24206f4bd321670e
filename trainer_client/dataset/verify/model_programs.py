"""Programs that a language model writes for a step of ``verify``."""

from __future__ import annotations

import re

from trainer_client.dataset.config import LlmConfig
from trainer_client.dataset.verify.work import Work

_MAX_STATEMENT_CHARACTERS = 20_000
_THOUGHT_END = "</think>"
_FENCED = re.compile(r"```(?:python|py)?\n(.*?)```", re.DOTALL)


def model_for(work: Work, step: str) -> LlmConfig | None:
    """Return the model's configuration, None if the model is not used for this step."""
    config = work.context.config.llm
    return config if work.context.llm is not None and config is not None and step in config.steps else None


def written_program(work: Work, prompt: str, repeat: int = 0) -> str | None:
    """Request a program, and return the last fenced one of the answer, None if there is none. ``{statement}`` in the
    prompt is replaced by the problem's.

    Raises:
        RunError: the endpoint cannot be reached.
    """
    assert work.context.llm is not None
    text = prompt.replace("{statement}", work.problem.statement[:_MAX_STATEMENT_CHARACTERS])
    answer = work.context.llm.ask(text, repeat=repeat) or ""
    blocks = _FENCED.findall(answer.rpartition(_THOUGHT_END)[2])
    return blocks[-1] if blocks else None
