"""Rating of difficulty by a language model: five dimensions, several repeats, whole numbers from 1 to 5."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from trainer_client.dataset.row import Json, Problem
from trainer_client.dataset.stage import LanguageModel

LEAST, MOST = 1, 5
_FILE = Path(__file__).with_name("rubric-1.toml")
_SHOWN_CHARS = 12_000
_SYSTEM = "You rate how difficult programming problems are for a capable programmer. You answer with JSON alone."


@dataclass(frozen=True, slots=True)
class Rubric:
    """Dimensions with their weights, which add up to 1."""

    version: str
    weights: Mapping[str, float]
    text: str

    @property
    def schema(self) -> Json:
        """Return the JSON schema of an answer."""
        score = {"type": "integer", "minimum": LEAST, "maximum": MOST}
        return {
            "type": "object",
            "properties": dict.fromkeys(self.weights, score),
            "required": list(self.weights),
            "additionalProperties": False,
        }

    def prompt(self, problem: Problem) -> str:
        """Return the question for the model."""
        starter = f"\n\nStarter code:\n{problem.starter_code}" if problem.starter_code else ""
        return f"{self.text}\n\n# Problem\n\n{problem.statement[:_SHOWN_CHARS]}{starter}"


@dataclass(frozen=True, slots=True)
class Rating:
    """The summary of repeated ratings: means by dimension, the mean weighted score, and its spread. ``repeats`` counts
    answers that could be read; ``unread`` those that could not, which are left out and never replaced by a default."""

    dims: Mapping[str, float]
    score: float
    spread: float
    repeats: int
    unread: int


@cache
def rubric() -> Rubric:
    """Return the current rubric."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    dimensions = data["dimensions"]
    weights = {each["name"]: float(each["weight"]) for each in dimensions}
    assert abs(sum(weights.values()) - 1) < 1e-9
    lines = [
        f"- {each['name']}: {each['question']} 1: {each['low']}. 3: {each['middle']}. 5: {each['high']}."
        for each in dimensions
    ]
    shape = json.dumps(dict.fromkeys(weights, "whole number from 1 to 5"))
    text = "\n".join(["Rate the problem below in each dimension.", *lines, "", f"Answer with JSON: {shape}"])
    return Rubric(str(data["version"]), weights, text)


def rate(problem: Problem, model: LanguageModel, repeats: int) -> Rating | None:
    """Ask the model ``repeats`` times. None if no answer could be read.

    Raises:
        RunError: the model cannot be reached.
    """
    used = rubric()
    texts = [
        model.ask(used.prompt(problem), system=_SYSTEM, repeat=repeat, schema=used.schema) for repeat in range(repeats)
    ]
    return rating([read_answer(text, used) for text in texts], used)


def rating(answers: Sequence[Mapping[str, int] | None], used: Rubric) -> Rating | None:
    """Summarise the answers. None if none could be read."""
    read = [each for each in answers if each is not None]
    if not read:
        return None
    scores = [sum(used.weights[name] * value for name, value in each.items()) for each in read]
    dims = {name: fmean(each[name] for each in read) for name in used.weights}
    return Rating(dims, fmean(scores), pstdev(scores), len(read), len(answers) - len(read))


def read_answer(text: str | None, used: Rubric) -> dict[str, int] | None:
    """Return the scores of an answer, None if it is not JSON of exactly this form."""
    try:
        answer = json.loads(_unfenced(text or ""))
    except ValueError:
        return None
    if not isinstance(answer, dict) or answer.keys() != used.weights.keys():
        return None
    return answer if all(_is_score(value) for value in answer.values()) else None


def _is_score(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and LEAST <= value <= MOST


def _unfenced(text: str) -> str:
    """Return the text without a fence around it, and without the reasoning before it."""
    text = text.rpartition("</think>")[2].strip()
    return text.removeprefix("```json").removeprefix("```").removesuffix("```")
