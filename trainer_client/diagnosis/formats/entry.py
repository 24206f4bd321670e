"""Entries: the smallest parts of a log that all forms have in common."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from trainer_client.diagnosis.rollouts import BadRollouts, Rollout
from trainer_client.grpo.diversity import words


@dataclass(frozen=True, slots=True)
class Entry:
    """A completion of a step and the name of its group, or figures that the trainer logged. ``may_repeat``: the trainer
    writes a rollout again where it logs more often than it samples."""

    step: int
    group: str = ""
    rollout: Rollout | None = None
    logged: Mapping[str, float] = field(default_factory=dict)
    may_repeat: bool = False


@dataclass(frozen=True)
class TextLength:
    """The tokens of a text, where a log holds nothing else: by a ``tokenizer.json``, else words and single signs.

    Raises:
        BadRollouts: the file is no tokenizer, or ``tokenizers`` is not installed.
    """

    tokenizer: Path | None = None

    def tokens(self, text: str) -> Sequence[Hashable]:
        """Return what a text consists of."""
        if self.tokenizer is None:
            return words(text)
        ids: list[int] = self._loaded.encode(text, add_special_tokens=False).ids
        return ids

    @cached_property
    def _loaded(self) -> Any:
        try:
            from tokenizers import Tokenizer

            return Tokenizer.from_file(str(self.tokenizer))
        except ModuleNotFoundError as error:
            raise BadRollouts("--tokenizer needs a package: pip install tokenizers") from error
        except Exception as error:  # the library raises plain Exception
            raise BadRollouts(f"{self.tokenizer}: this is no tokenizer.json ({error})") from error


def number(value: Any) -> float | None:
    """Return a value as a number, None if it is none."""
    return float(value) if isinstance(value, int | float) and value == value else None


def text_of_messages(completion: Any) -> str:
    """Return the text of a completion that is text, or a list of messages of which the assistant's count."""
    if isinstance(completion, str):
        return completion
    messages = completion if isinstance(completion, list | tuple) else []
    parts = [each.get("content") for each in messages if isinstance(each, Mapping) and each.get("role") != "tool"]
    return "\n".join(part for part in parts if isinstance(part, str))


def verdict_of(value: Any) -> str:
    """Return a verdict, "" if there is none."""
    return value if isinstance(value, str) else ""


def flag_of(value: Any) -> bool | None:
    """Return a truth value, None if there is none."""
    return None if value is None or value != value else bool(value)
