"""Prompts in tokens, as a chat template renders them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers", reason="it comes with TRL")
from transformers import GPT2Config

from examples.grpo.model import tokenizer
from tests.grpo.test_config import LEAST, written
from trainer_client.grpo.config import BadConfig, TrainConfig, load
from trainer_client.grpo.problems import Task
from trainer_client.grpo.prompts import fitting, load_tokenizer

TEMPLATE = "{% for m in messages %}{{ m['content'] }}{% endfor %}{% if wide %} + + + +{% endif %}"


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    tokenizer().save_pretrained(tmp_path / "model")
    GPT2Config(n_positions=64).save_pretrained(tmp_path / "model")
    (tmp_path / "chat.jinja").write_text(TEMPLATE)
    return load(written(tmp_path, LEAST), [f"model={tmp_path / 'model'}", f"chat_template={tmp_path / 'chat.jinja'}"])


def test_long_prompts_are_left_out_and_counted(config: TrainConfig, caplog: pytest.LogCaptureFixture) -> None:
    words = load_tokenizer(config)
    tasks = [Task("text", "+ +", ""), Task("chat", [{"role": "user", "content": "+ +"}], "")]
    size = len(words("+ +")["input_ids"])
    with caplog.at_level(logging.WARNING):
        assert fitting("train", tasks, 4, words, _limited(config, size)) == tasks
        assert fitting("train", tasks, 4, words, config) == tasks
        assert not caplog.text
        wide = _limited(config, size, {"chat_template_kwargs": {"wide": True}})
        assert [task.id for task in fitting("train", tasks, 4, words, wide)] == ["text"]
    assert f"1 of 2 problems left out: prompts of more than {size} tokens" in caplog.text


def test_a_prompt_that_leaves_no_room_is_refused_with_the_limit_that_helps(config: TrainConfig) -> None:
    limited = _limited(config, None, {"use_vllm": True, "vllm_max_model_length": 10})
    tasks = [Task("short", "1", ""), Task("long", "111", "")]
    sizes = [len(load_tokenizer(config)(text)["input_ids"]) for text in ("1", "111")]
    length = 10 - sizes[0]
    with pytest.raises(
        BadConfig,
        match=f"1 of 2 prompts leave no room for {length} tokens in a window of 10; the first is 'long'.*max_prompt_tokens={sizes[0]} ",
    ):
        fitting("train", tasks, length, load_tokenizer(config), limited)


def _limited(config: TrainConfig, limit: int | None, trainer: dict[str, Any] | None = None) -> TrainConfig:
    content = config.model_dump()
    content["data"]["train"]["max_prompt_tokens"] = limit
    content["trainer"] |= trainer or {}
    return TrainConfig.model_validate(content)
