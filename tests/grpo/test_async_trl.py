"""The mask on AsyncGRPOTrainer, by TRL's own loop and its scoring of a group; its vLLM server is not needed for that."""

from __future__ import annotations

import asyncio
import inspect
import multiprocessing
import pickle
import queue
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")
from accelerate import PartialState
from datasets import Dataset

from tests.client.conftest import RIGHT, SUM, WRONG, fenced
from tests.forked import local_service
from tests.grpo.test_trl import tokenizer
from trainer_client import EvaluatorClient
from trainer_client.grpo.mask import NoVerdicts, TruncationMask
from trainer_client.grpo.trl_internals import TrlChanged
from trainer_client.rewards.trl import CodeReward

of_trl = pytest.importorskip("trl.experimental.async_grpo.async_rollout_worker", exc_type=ImportError)
LOOP = getattr(of_trl, "_AsyncRolloutLoop", None)
if LOOP is None or "eos_token_ids" not in inspect.signature(LOOP).parameters:
    pytest.skip("the loop knows its end tokens from TRL 1.15 on", allow_module_level=True)
from trainer_client.grpo.async_trl import MaskedRolloutLoop, mask_rollouts  # noqa: E402

LENGTH, END = 4, 1
CUT, ENDED = [5, 6, 7, 8], [5, 6, 7, END]
TEXTS = [fenced(RIGHT), fenced(WRONG), "I do not know.", fenced(RIGHT), "I do not know."]
IDS = [ENDED, CUT, CUT, CUT, ENDED]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[EvaluatorClient]:
    settings = {"MICROCODER_DATA_DIR": str(tmp_path / "data")}
    with local_service(workers=1, settings=settings) as service, EvaluatorClient(service.url) as made:
        yield made


def loop(reward: Any, loop_cls: Any = MaskedRolloutLoop, **mask: Any) -> Any:
    PartialState()  # as TRL's process begins
    words = tokenizer()
    words.response_template = words.response_schema = {}  # TRL refuses a chat template that it does not know
    return loop_cls(
        model_name="none",
        dataset=Dataset.from_list([{"prompt": "p"}]),
        reward_funcs=[reward],
        processing_class=words,
        eos_token_ids=[END],
        rollout_buffer=queue.Queue(),
        model_version_value=SimpleNamespace(value=0),
        heartbeat_value=multiprocessing.Value("d", 0.0),
        failed_event=multiprocessing.Event(),
        exception_info_queue=queue.Queue(),
        metrics_queue=queue.Queue(),
        num_generations=len(IDS),
        max_tokens=LENGTH,
        **mask,
    )


def group(number: int = 3) -> Any:
    rows = [of_trl.TrainingSequence([2, *ids], [0, 1, 1, 1, 1], [0.0] * 5, str(n)) for n, ids in enumerate(IDS)]
    count = len(IDS)
    return of_trl.RolloutGroup(
        prompts=[[{"role": "user", "content": "p"}]] * count,
        reward_kwargs={"suite": [SUM.model_dump_json()] * count},
        completions=[[{"role": "assistant", "content": text}] for text in TEXTS],
        completions_ids=IDS,
        completions_sequences=[[row] for row in rows],
        tool_call_counts=[0] * count,
        tool_failure_counts=[0] * count,
        model_version=0,
        group_id=number,
        env_rewards=[None] * count,
        rollout_rewards=[None] * count,
    )


def advantages(scoring: Any) -> list[float]:
    return [sample.advantage for sample in asyncio.run(scoring._score_group(group()))]


def test_what_was_cut_and_not_judged_wrong_loses_its_advantage(client: EvaluatorClient) -> None:
    reward = CodeReward(client=client)
    plain = advantages(loop(reward, LOOP))
    assert 0.0 not in plain
    masked = loop(reward, mask=TruncationMask(1.0), mask_seed=0)
    # The third has no program and the fourth is accepted; the second is wrong, the others have ended.
    assert advantages(masked) == [plain[0], plain[1], 0.0, 0.0, plain[4]]
    metrics = masked._metrics_queue.get_nowait()
    assert (metrics["mask/share"], metrics["mask/truncated"]) == ((2, 5), (3, 5))
    assert advantages(loop(reward, mask=TruncationMask(0.0), mask_seed=0)) == plain


def test_the_worker_gets_the_loop_and_what_it_needs_to_be_spawned() -> None:
    worker = SimpleNamespace(_loop_cls=LOOP, _loop_kwargs={"reward_funcs": [CodeReward()], "eos_token_ids": [END]})
    mask_rollouts(SimpleNamespace(rollout_worker=worker), TruncationMask(0.3), seed=7)
    kind, arguments = pickle.loads(pickle.dumps((worker._loop_cls, worker._loop_kwargs)))
    assert kind is MaskedRolloutLoop
    assert (arguments["mask"], arguments["mask_seed"]) == (TruncationMask(0.3), 7)
    mask_rollouts(SimpleNamespace(rollout_worker=None), TruncationMask())
    worker._loop_kwargs["tools"] = [print]
    with pytest.raises(ValueError, match="several turns"):
        mask_rollouts(SimpleNamespace(rollout_worker=worker), TruncationMask())
    with pytest.raises(TrlChanged, match=r"from TRL 1\.15 on"):
        mask_rollouts(SimpleNamespace(rollout_worker=SimpleNamespace()), TruncationMask())


def test_a_reward_function_without_verdicts_is_refused() -> None:
    scoring = loop(lambda completions, **_: [0.0] * len(completions), mask=TruncationMask(), mask_seed=0)
    with pytest.raises(NoVerdicts, match="5 completions need as many verdicts"):
        advantages(scoring)
