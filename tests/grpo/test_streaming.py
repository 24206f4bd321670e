"""Streaming rewards inside TRL's own loop: what is submitted when, and that advantages are those of a batch."""

from __future__ import annotations

import functools
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")
from datasets import Dataset

from tests.grpo import test_trl
from tests.grpo.test_trl import PROMPTS
from trainer_client import Suite
from trainer_client.grpo.streaming import RewardStream
from trainer_client.rewards.judge import PendingGrade
from trainer_client.rewards.trl import CodeReward


class _Recorder(CodeReward):
    """Notes what is submitted, and when generation is over."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, str, str]] = []

    def submit(self, prompt: Any, completion: Any, row: Any) -> PendingGrade | None:
        self.events.append((prompt, completion, row["suite"]))
        return PendingGrade(self._judge, completion, Future())


def suite_of(prompt: str) -> str:
    return Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": prompt}]}).model_dump_json()


ROWS = [{"prompt": text, "suite": suite_of(text)} for text in PROMPTS]


def test_a_completion_is_submitted_when_it_ends(tmp_path: Path) -> None:
    recorder = _Recorder()
    run = test_trl.trainer(tmp_path, rollout_func=RewardStream(recorder))
    run.train_dataset = Dataset.from_list(ROWS)
    generate = run._generate_single_turn

    @functools.wraps(generate)
    def noted(*args: Any, **kwargs: Any) -> Any:
        result = generate(*args, **kwargs)
        recorder.events.append(("over", "", ""))
        return result

    run._generate_single_turn = noted
    prompts = [text for text in PROMPTS for _ in range(4)]
    rollout = run.rollout_func(prompts, run)
    over = recorder.events.index(("over", "", ""))
    early, late = recorder.events[:over], recorder.events[over + 1 :]
    ids = rollout["completion_ids"]
    texts = run.processing_class.batch_decode(ids, skip_special_tokens=True)
    ended = [n for n, each in enumerate(ids) if each[-1] == 1]
    assert [each.text for each in rollout["pending_grade"]] == texts
    assert sorted(early) == sorted((prompts[n], texts[n], suite_of(prompts[n])) for n in ended)
    assert sorted(late) == sorted(
        (prompts[n], texts[n], suite_of(prompts[n])) for n in range(len(ids)) if n not in ended
    )
    assert [len(ids[n]) for n in ended], "some end before the others are cut"
    assert late
    lengths = {text: len(each) for text, each in zip(texts, ids, strict=True)}
    assert [lengths[text] for _, text, _ in early] == sorted(lengths[text] for _, text, _ in early), (
        "the shortest first"
    )
    assert "generate" not in vars(run.model)
