"""The reward class called by ms-swift's own code. Last seen with ms-swift 4.6.0 and torch 2.9."""

from __future__ import annotations

import functools
import logging
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.client.conftest import REWARDS, SUITE, TEXTS
from tests.client.released import taken
from trainer_client.rewards import ms_swift
from trainer_client.rewards.judge import NotJudged
from trainer_client.testing import FakeService

pytestmark = pytest.mark.usefixtures("named_service")
torch = pytest.importorskip("torch")
CHOSEN = {
    "the class": ms_swift.CodeReward,
    "with options": functools.partial(ms_swift.CodeReward, shape="fraction"),
    "asynchronous": ms_swift.AsyncCodeReward,
}


def rewards_of_swift(monkeypatch: pytest.MonkeyPatch, chosen: Any, texts: list[str]) -> list[float]:
    """From ``--reward_funcs microcoder`` to what ``compute_advantages`` takes for each sample's reward."""
    resolve = taken("swift", "rlhf_trainers/utils.py", "resolve_reward_funcs")["resolve_reward_funcs"]
    compute = taken(
        "swift",
        "rl_core/grpo_algorithm.py",
        *("_is_async_reward", "compute_rewards_per_func"),
        torch=torch,
        nn=torch.nn,
        logger=logging.getLogger("swift"),
    )["compute_rewards_per_func"]
    advantages = taken("swift", "rl_core/advantage.py", "compute_advantages", torch=torch)["compute_advantages"]
    samples = [sample(text) for text in texts]
    for module in modules_of_swift(chosen):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    functions, names = resolve(["microcoder"], args=SimpleNamespace(output_dir="out"))
    assert names == [type(functions[0]).__name__]
    table = compute(samples, functions, None, torch.device("cpu"))
    return advantages(table, torch.ones(1), len(texts))[1].tolist()


def modules_of_swift(chosen: Any) -> tuple[ModuleType, ...]:
    """The modules that its functions import from: the table that a plugin writes to, and its columns of rows."""
    swift, rewards, rows = (ModuleType(name) for name in ("swift", "swift.rewards", "swift.dataset"))
    rewards.orms = {"microcoder": chosen}
    batched = taken("swift", "dataset/preprocessor/core.py", "RowPreprocessor.rows_to_batched")["rows_to_batched"]
    rows.RowPreprocessor = SimpleNamespace(rows_to_batched=batched)
    return swift, rewards, rows


def sample(text: str) -> SimpleNamespace:
    """The part of ms-swift's ``OnPolicySample`` that is read; its row is made by its own method."""
    row = taken("swift", "rl_core/data.py", "OnPolicySample.to_reward_row")["to_reward_row"]
    messages = [{"role": "user", "content": "Add."}, {"role": "assistant", "content": text}]
    around = dict.fromkeys(("prompt_id", "request_id", "finish_reason", "is_truncated"), "")
    kept = {"rollout_infos": {}, "response_token_ids": [], "extra": {"suite": SUITE}, "_standard_fields": dict}
    each = SimpleNamespace(messages=messages, **around, **kept)
    each.to_reward_row = functools.partial(row, each)
    return each


@pytest.mark.parametrize("chosen", CHOSEN.values(), ids=CHOSEN.keys())
def test_rewards(monkeypatch: pytest.MonkeyPatch, chosen: Any) -> None:
    expected = [1.0, 0.5, 0.0] if isinstance(chosen, functools.partial) else REWARDS
    assert rewards_of_swift(monkeypatch, chosen, TEXTS) == expected


def test_what_was_not_judged_stops_the_step(broken: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotJudged):
        rewards_of_swift(monkeypatch, ms_swift.CodeReward, TEXTS)


def test_none_would_be_a_silent_zero(broken: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason for the default. Where ms-swift leaves such rows out, None should be the default here."""
    ignored = functools.partial(ms_swift.CodeReward, on_error=None)
    assert rewards_of_swift(monkeypatch, ignored, TEXTS) == [0.0, 0.0, 0.0]
