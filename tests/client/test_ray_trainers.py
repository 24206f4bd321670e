"""Rewards of trainers that are not on PyPI, ROLL and NeMo-RL: called as their published sources call a reward worker
(roll/pipeline/rlvr/rewards/code_sandbox_reward_worker.py) and an environment (nemo_rl/environments/interfaces.py and
utils.py), with stand-ins for what those import of theirs, and real tensors."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest

from tests.client.conftest import REWARDS, RIGHT, SUITE, TEXTS, WRONG, fenced
from trainer_client.rewards.judge import NotJudged
from trainer_client.suites import UnknownTests
from trainer_client.testing import FakeService

pytestmark = pytest.mark.usefixtures("named_service")
torch = pytest.importorskip("torch")
ADD, SUB = fenced("def add(a, b):\n    return a + b"), fenced("def add(a, b):\n    return a - b")
STDIO = [{"stdin": "1 2\n", "expected_stdout": "3\n"}, {"stdin": "20 22\n", "expected_stdout": "42\n"}]
CALLS = [{"stdin": "1\n2", "expected_stdout": "3"}]
ROWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "input": ({"case_type": "input", "test_cases": json.dumps(STDIO)}, fenced(RIGHT), fenced(WRONG)),
    "a function": ({"case_type": "input", "test_cases": CALLS, "test_case_function": "add"}, ADD, SUB),
    "assert": ({"case_type": "assert", "test_cases": [{"assert_code": "assert add(20, 22) == 42"}]}, ADD, SUB),
    "pytest": (
        {"case_type": "pytest", "test_cases": [{"assert_code": "def test_add():\n    assert add(20, 22) == 42"}]},
        ADD,
        SUB,
    ),
    "check_based": (
        {
            "case_type": "check_based",
            "test_cases": [
                {
                    "assert_code": "def check(candidate):\n    assert candidate(20, 22) == 42",
                    "entry_point": "add",
                    "import_prefix": "from typing import *\n",
                }
            ],
        },
        ADD.replace("(a, b)", "(a, b: Optional[int])"),
        SUB,
    ),
}


def undecorated(*_: Any, **__: Any) -> Callable[[Any], Any]:
    return lambda decorated: decorated


def module(patch: pytest.MonkeyPatch, name: str, **names: Any) -> None:
    for end in (end for end, letter in enumerate(f"{name}.") if letter == "."):
        if name[:end] not in sys.modules:
            patch.setitem(sys.modules, name[:end], ModuleType(name[:end]))
    for each, value in names.items():
        patch.setattr(sys.modules[name], each, value, raising=False)


class RollWorker:
    """ROLL's ``Worker``, without Ray."""

    def __init__(self, worker_config: Any) -> None:
        self.rank_info = SimpleNamespace(rank=1, world_size=2)

    def initialize(self, pipeline_config: Any) -> None:
        self.pipeline_config = pipeline_config


@pytest.fixture
def roll(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    dispatch = SimpleNamespace(ONE_TO_ALL=1, DP_MP_COMPUTE=2)
    tokenizer = SimpleNamespace(
        batch_decode=lambda ids, skip_special_tokens: [TEXTS[number] for [number] in ids.tolist()]
    )
    module(monkeypatch, "roll.distributed.executor.worker", Worker=RollWorker)
    module(monkeypatch, "roll.distributed.scheduler.decorator", Dispatch=dispatch, register=undecorated)
    data = SimpleNamespace(from_dict=lambda tensors: SimpleNamespace(batch=tensors))
    module(monkeypatch, "roll.distributed.scheduler.protocol", DataProto=data)
    module(monkeypatch, "roll.models.model_providers", default_tokenizer_provider=lambda model_args: tokenizer)
    monkeypatch.delitem(sys.modules, "trainer_client.rewards.roll", raising=False)
    return importlib.import_module("trainer_client.rewards.roll")


def rewards_of_roll(worker: Any) -> Any:
    columns = {"id": ["a", "b", "c"], "suite": [SUITE] * 3, "case_type": ["input"] * 3, "tag": ["KodCode"] * 3}
    sent = SimpleNamespace(batch={"responses": torch.tensor([[0], [1], [2]])}, non_tensor_batch=columns)
    made = worker(SimpleNamespace(model_args=None))
    made.initialize("pipeline")
    return made.compute_rewards(sent).batch


def test_roll(roll: ModuleType) -> None:
    batch = rewards_of_roll(roll.CodeRewardWorker)
    assert {name: (values.dtype, tuple(values.shape)) for name, values in batch.items()} == {
        "token_level_rewards": (torch.float16, (3, 1)),
        "response_level_rewards": (torch.float16, (3,)),
        "scores": (torch.float16, (3,)),
    }
    assert batch["scores"].tolist() == batch["response_level_rewards"].tolist() == REWARDS
    assert not batch["token_level_rewards"].any()


@pytest.mark.parametrize(("row", "right", "wrong"), ROWS.values(), ids=ROWS.keys())
def test_roll_s_own_rows(roll: ModuleType, row: dict[str, Any], right: str, wrong: str) -> None:
    grader = roll.CodeRewardWorker.grader
    outcomes = grader.outcomes([right, wrong], [roll.tests_of_row(row)] * 2)
    assert [outcome.verdict for outcome in outcomes] == ["accepted", "wrong_answer"]


@pytest.mark.parametrize(
    "row", [{"case_type": "text", "test_cases": [{"assert_code": "assert 1"}]}, {"test_cases": "[]"}]
)
def test_rows_of_roll_that_are_no_tests_of_programs(roll: ModuleType, row: dict[str, Any]) -> None:
    with pytest.raises(UnknownTests):
        roll.tests_of_row(row)


def test_roll_gets_no_zero_of_what_was_not_judged(roll: ModuleType, broken: FakeService) -> None:
    with pytest.raises(NotJudged):
        rewards_of_roll(roll.CodeRewardWorker)
    ours = type("Ours", (roll.CodeRewardWorker,), {"on_error": 0.25})
    assert rewards_of_roll(ours)["scores"].tolist() == [0.25] * 3


class EnvironmentReturn(NamedTuple):
    """NeMo-RL's, field by field."""

    observations: list[dict[str, str]]
    metadata: list[Any]
    next_stop_strings: list[Any]
    rewards: Any
    terminateds: Any
    answers: list[str | None] | None = None


@pytest.fixture
def nemo_rl(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module(monkeypatch, "ray", remote=lambda actor: actor)
    base = type("EnvironmentInterface", (), {})
    module(
        monkeypatch, "nemo_rl.environments.interfaces", EnvironmentInterface=base, EnvironmentReturn=EnvironmentReturn
    )
    monkeypatch.delitem(sys.modules, "trainer_client.rewards.nemo_rl", raising=False)
    return importlib.import_module("trainer_client.rewards.nemo_rl")


def conversation(text: str) -> list[dict[str, Any]]:
    """A message log as NeMo-RL's rollouts make it: with tokens beside each text."""
    tokens = {"token_ids": torch.tensor([1])}
    return [{"role": "user", "content": "Add.", **tokens}, {"role": "assistant", "content": text, **tokens}]


def test_nemo_rl(nemo_rl: ModuleType) -> None:
    env = nemo_rl.CodeEnvironment({"shape": "fraction"})
    rows = [{"suite": SUITE, "id": number} for number in range(3)]
    made = env.step(list(map(conversation, TEXTS)), rows)
    assert made.rewards.tolist() == [1.0, 0.5, 0.0]
    assert made.terminateds.tolist() == [1.0, 1.0, 1.0]
    assert [row["verdict"] for row in made.metadata] == ["accepted", "wrong_answer", "no_code"]
    assert [row["id"] for row in made.metadata] == [0, 1, 2]
    assert {each["role"] for each in made.observations} == {"environment"}
    batch, metrics = env.global_post_process_and_metrics({"rewards": made.rewards})
    assert (batch["rewards"] is made.rewards, metrics) == (True, {"accuracy": pytest.approx(1 / 3)})


def test_nemo_rl_gets_no_zero_of_what_was_not_judged(nemo_rl: ModuleType, broken: FakeService) -> None:
    with pytest.raises(NotJudged):
        nemo_rl.CodeEnvironment().step([conversation(TEXTS[0])], [{"suite": SUITE}])
