"""Prompts in tokens, as a chat template renders them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

pytest.importorskip("transformers", reason="it comes with TRL")
from examples.grpo.model import tokenizer
from tests.grpo.test_config import LEAST, written
from trainer_client.grpo.config import TrainConfig, load
from trainer_client.grpo.problems import Task
from trainer_client.grpo.prompts import load_tokenizer, without_long

TEMPLATE = "{% for m in messages %}{{ m['content'] }}{% endfor %}{% if wide %} + + + +{% endif %}"


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    tokenizer().save_pretrained(tmp_path / "model")
    (tmp_path / "chat.jinja").write_text(TEMPLATE)
    return load(written(tmp_path, LEAST), [f"model={tmp_path / 'model'}", f"chat_template={tmp_path / 'chat.jinja'}"])


def test_long_prompts_are_left_out_and_counted(config: TrainConfig, caplog: pytest.LogCaptureFixture) -> None:
    words = load_tokenizer(config)
    tasks = [Task("text", "+ +", ""), Task("chat", [{"role": "user", "content": "+ +"}], "")]
    size = len(words("+ +")["input_ids"])
    with caplog.at_level(logging.WARNING):
        assert without_long(tasks, size, words, config) == tasks
        assert without_long(tasks, None, words, config) == tasks
        assert not caplog.text
        wide = config.model_copy(update={"trainer": {**config.trainer, "chat_template_kwargs": {"wide": True}}})
        assert [task.id for task in without_long(tasks, size, words, wide)] == ["text"]
    assert f"1 of 2 problems left out: prompts of more than {size} tokens" in caplog.text
