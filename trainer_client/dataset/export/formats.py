"""The rows of each format. Their columns are those that ``trainer_client.rewards`` and the trainers read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.schema import Suite
from trainer_client.dataset.config import ExportFormat
from trainer_client.dataset.export.livecodebench import livecodebench
from trainer_client.dataset.export.prompt import language_of, messages_of, prompt_of, reference_of
from trainer_client.dataset.row import Problem

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TestColumn:
    """A problem's tests. ``inline`` is the suite's JSON text, None if it is too large: then rows have its
    ``suite_id``."""

    suite: Suite
    suite_id: str
    inline: str | None

    @property
    def value(self) -> str:
        """Return the text or the id, for formats with one column for both."""
        return self.inline or self.suite_id

    @property
    def columns(self) -> dict[str, str | None]:
        """Return the text and the id, for formats with a column for each."""
        return {"suite": self.inline, "suite_id": None if self.inline else self.suite_id}


def trl(problem: Problem, tests: TestColumn) -> Row:
    """Make a row for TRL's GRPO, which passes other columns to the reward function by name."""
    return {"id": problem.id, "prompt": messages_of(problem), "language": language_of(problem), **tests.columns}


def verl(problem: Problem, tests: TestColumn) -> Row:
    """Make a row for verl's RLHFDataset."""
    return {
        "data_source": problem.source,
        "prompt": messages_of(problem),
        "ability": "code",
        "reward_model": {"style": "rule", "ground_truth": tests.value},
        "extra_info": {"id": problem.id, "language": language_of(problem)},
    }


def openrlhf(problem: Problem, tests: TestColumn) -> Row:
    """Make a row for OpenRLHF with ``--data.input_key input --data.label_key label --data.apply_chat_template``."""
    language = language_of(problem)
    label = tests.value if language == "python" else json.dumps({"language": language, "suite": tests.value})
    return {"id": problem.id, "input": messages_of(problem), "label": label}


def prime_rl(problem: Problem, tests: TestColumn) -> Row:
    """Make a row for verifiers: ``info`` is for rubrics; a v1 taskset's data has the tests in a field ``suite``."""
    info = {name: value for name, value in tests.columns.items() if value is not None}
    info["language"] = language_of(problem)
    return {"id": problem.id, "prompt": messages_of(problem), "answer": "", "info": info}


def skyrl(problem: Problem, tests: TestColumn) -> Row:
    """Make a row for SkyRL's environment ``microcoder``."""
    return {
        "data_source": problem.source,
        "prompt": messages_of(problem),
        "env_class": "microcoder",
        "reward_spec": {"method": "rule", "ground_truth": tests.value},
        "extra_info": {"id": problem.id, "language": language_of(problem)},
    }


def slime(problem: Problem, tests: TestColumn) -> Row:
    """Make a row for slime: ``--input-key prompt --label-key label --metadata-key metadata --apply-chat-template``."""
    return {
        "prompt": messages_of(problem),
        "label": tests.value,
        "metadata": {"id": problem.id, "language": language_of(problem)},
    }


def rllm(problem: Problem, tests: TestColumn) -> Row:
    """Make a task of rLLM's single-turn environment."""
    return {
        "uid": problem.id,
        "question": prompt_of(problem),
        "data_source": problem.source,
        "ground_truth": tests.value,
        "language": language_of(problem),
    }


def problems(problem: Problem, tests: TestColumn) -> Row:
    """Make a row of our own file for ``microcoder score``, which always contains the tests."""
    reference = reference_of(problem)
    wrong = next((each.code for each in problem.known_wrong if each.language == language_of(problem)), None)
    row = {
        "id": problem.id,
        "suite": tests.suite.model_dump(mode="json", exclude_defaults=True),
        "prompt": prompt_of(problem),
        "language": language_of(problem),
        "kind": problem.source_difficulty,
        "reference": reference.code if reference else None,
        "buggy": wrong,
    }
    return {name: value for name, value in row.items() if value is not None}


FORMATS: dict[ExportFormat, Callable[[Problem, TestColumn], Row]] = {
    "trl": trl,
    "verl": verl,
    "openrlhf": openrlhf,
    "prime_rl": prime_rl,
    "skyrl": skyrl,
    "slime": slime,
    "rllm": rllm,
    "livecodebench": lambda problem, tests: livecodebench(problem, tests.suite),
    "problems": problems,
}
