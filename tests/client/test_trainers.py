"""Rewards called by the trainers' own code. Versions that this was last seen with: trl 1.16.0, verl 0.9.1, openrlhf
0.11.2, verifiers 0.4.0 (v1), and 0.1.14, 0.2.1 and 0.3.1 (rubrics), skyrl-gym 0.4.0, areal 1.0.4."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import importlib.util
import inspect
import logging
import math
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import cycle
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Generic, TypeVar, get_origin

import pytest

from tests.client.conftest import REWARDS, SUITE, TEXTS
from tests.client.released import loaded, source, taken
from trainer_client.rewards import prime_rl, trl, verifiers
from trainer_client.rewards.judge import NotJudged
from trainer_client.testing import FakeService

pytestmark = pytest.mark.usefixtures("named_service")
HERE = Path(trl.__file__).parent


class Numbers(list):
    """The part of a tensor that TRL needs, of shape (rows, functions)."""

    def __setitem__(self, key: Any, values: Any) -> None:
        for row, value in zip(self, values, strict=True):
            row[key[1]] = value

    def all(self, dim: int) -> Any:
        rows = [all(row.values()) for row in self]
        return SimpleNamespace(any=lambda: any(rows), nonzero=lambda as_tuple: [[rows.index(True)]])


TORCH = SimpleNamespace(
    zeros=lambda rows, columns, device: Numbers([{} for _ in range(rows)]),
    tensor=lambda values, dtype, device: [float(value) for value in values],
    isnan=lambda rows: Numbers([{key: math.isnan(value) for key, value in row.items()} for row in rows]),
    nan=math.nan,
    float32=None,
)


def rewards_of_trl(reward: Any, texts: list[str]) -> tuple[list[float], dict[str, Any]]:
    """TRL's ``GRPOTrainer._calculate_rewards``."""
    is_async = taken("trl", "trainer/utils.py", "is_async_callable", functools=functools, inspect=inspect)[
        "is_async_callable"
    ]
    calculate = taken(
        "trl",
        "trainer/grpo_trainer.py",
        "GRPOTrainer._calculate_rewards",
        torch=TORCH,
        nn=SimpleNamespace(Module=ModuleType),
        asyncio=asyncio,
        is_async_callable=is_async,
        profiling_context=lambda *_: contextlib.nullcontext(),
        gather=lambda values: values,
        logger=logging.getLogger("trl"),
    )["_calculate_rewards"]
    logged: dict[str, Any] = {}
    loop = asyncio.new_event_loop()
    trainer = SimpleNamespace(
        accelerator=SimpleNamespace(device=None),
        reward_funcs=[reward],
        reward_processing_classes=[None],
        reward_func_names=[reward.__name__],
        state=None,
        environments=None,
        _log_completion_extra=logged.__setitem__,
        _log_metric=logged.__setitem__,
        async_loop=loop,
    )
    with running(loop):
        inputs = [{"prompt": "p", "suite": SUITE} for _ in texts]
        rows = calculate(trainer, inputs, ["p"] * len(texts), texts, [[1]] * len(texts))
    return [row[0] for row in rows], logged


@contextlib.contextmanager
def running(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.parametrize("reward", [trl.CodeReward(), trl.AsyncCodeReward(name="code_reward")], ids=["sync", "async"])
def test_trl(reward: Any) -> None:
    rewards, logged = rewards_of_trl(reward, TEXTS)
    assert rewards == REWARDS
    assert logged["verdict"] == ["accepted", "wrong_answer", "no_code"]


def test_trl_sees_nan_where_nothing_was_judged(broken: FakeService) -> None:
    rewards, _ = rewards_of_trl(trl.CodeReward(), TEXTS)
    assert all(math.isnan(reward) for reward in rewards)


def compute_score_of_verl(name: str, path: str, **options: Any) -> Any:
    """verl's ``get_custom_reward_fn``: how a configuration becomes a function."""
    utilities = {
        "importlib": importlib,
        "os": os,
        "Optional": None,
        "PKG_PATH_PREFIX": "pkg://",
        "FILE_PATH_PREFIX": "file://",
    }
    imports = taken("verl", "utils/import_utils.py", "load_module", "load_extern_object", **utilities)
    module = ModuleType("verl.utils.import_utils")
    module.__dict__.update(imports)
    loaded = taken(
        "verl",
        "trainer/ppo/reward.py",
        "_call_with_kwargs",
        "_call_with_kwargs_async",
        "get_custom_reward_fn",
        partial=partial,
        inspect=inspect,
    )
    config = SimpleNamespace(
        reward={"custom_reward_function": {"path": path, "name": name, "reward_kwargs": options}},
    )
    with pytest.MonkeyPatch.context() as patch:
        for parent in ("verl", "verl.utils"):
            patch.setitem(sys.modules, parent, ModuleType(parent))
        patch.setitem(sys.modules, "verl.utils.import_utils", module)
        return loaded["get_custom_reward_fn"](config)


class VerlItem:
    """A sample as verl's ``DataProto`` hands it out, and the ids and masks that its managers slice."""

    def __init__(self, text: str) -> None:
        self.batch = {"responses": VerlItem.Ids(text), "attention_mask": VerlItem.Ids(text)}
        self.non_tensor_batch = {"data_source": "code", "reward_model": {"ground_truth": SUITE}, "extra_info": {}}

    def __getitem__(self, key: Any) -> VerlItem:
        return self

    class Ids(str):
        shape = (1,)

        def __getitem__(self, key: Any) -> VerlItem.Ids:
            return self

        def sum(self) -> int:
            return 1


@pytest.mark.parametrize("path", ["pkg://trainer_client.rewards.verl", str(HERE / "verl.py")], ids=["package", "file"])
@pytest.mark.parametrize("name", ["compute_score", "compute_score_async"])
def test_verl_s_reward_loop(name: str, path: str) -> None:
    compute_score = compute_score_of_verl(name, path, shape="fraction")
    run_single = taken("verl", "experimental/reward_loop/reward_manager/naive.py", "NaiveRewardManager.run_single")[
        "run_single"
    ]

    async def main() -> list[dict[str, Any]]:
        manager = SimpleNamespace(
            loop=asyncio.get_running_loop(),
            tokenizer=SimpleNamespace(decode=lambda ids, skip_special_tokens: str(ids)),
            compute_score=compute_score,
            is_async_reward_score=inspect.iscoroutinefunction(compute_score),
            reward_router_address="127.0.0.1:1",
            reward_model_tokenizer=None,
        )
        return await asyncio.gather(*(run_single(manager, VerlItem(text)) for text in TEXTS))

    results = asyncio.run(main())
    assert [result["reward_score"] for result in results] == [1.0, 0.5, 0.0]
    assert [result["reward_extra_info"]["verdict"] for result in results] == ["accepted", "wrong_answer", "no_code"]


def test_verl_s_batch_manager() -> None:
    verify = taken("verl", "workers/reward_manager/batch.py", "BatchRewardManager.verify")["verify"]
    compute_score = compute_score_of_verl("compute_score_batch", "pkg://trainer_client.rewards.verl")

    class Rows(list):
        def __getitem__(self, key: Any) -> Any:
            return self if isinstance(key, tuple) else super().__getitem__(key)

        def sum(self, dim: int) -> list[int]:
            return [1] * len(self)

        shape = (1,)

    class Data(list):
        def __init__(self) -> None:
            super().__init__(map(VerlItem, TEXTS))
            ids = Rows(map(VerlItem.Ids, TEXTS))
            self.batch = {"prompts": Rows(TEXTS), "responses": ids, "attention_mask": Rows(TEXTS)}
            self.non_tensor_batch = {"data_source": ["code"] * 3, "extra_info": [{}, {}, {}]}

    manager = SimpleNamespace(
        tokenizer=SimpleNamespace(decode=lambda ids, skip_special_tokens: str(ids)),
        compute_score=compute_score,
        reward_fn_key="data_source",
        reward_kwargs={},
    )
    scores = verify(manager, Data())
    assert [score["score"] for score in scores] == REWARDS


def test_openrlhf() -> None:
    executor = taken(
        "openrlhf",
        "utils/agent.py",
        "SingleTurnAgentExecutor",
        AgentExecutorBase=object,
        cycle=cycle,
        logger=logging.getLogger("openrlhf"),
        asyncio=asyncio,
    )["SingleTurnAgentExecutor"](str(HERE / "openrlhf.py"))
    queries = [f"<user>Add.<assistant>{text}<eos>" for text in TEXTS]
    fetched = executor._fetch_rewards_via_func(queries, ["<user>Add.<assistant>"] * 3, [SUITE] * 3)
    assert [result["rewards"] for result in asyncio.run(fetched)] == REWARDS


def rubric_of_verifiers(reward: Any) -> Any:
    """A rubric of verifiers, up to 0.3."""

    async def maybe_await(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = func(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    rubric = taken(
        "verifiers",
        "legacy/rubrics/rubric.py|rubrics/rubric.py",
        "Rubric",
        vf=SimpleNamespace(Parser=lambda: None),
        discover_decorated=lambda *_: [],
        logging=logging,
        inspect=inspect,
        asyncio=asyncio,
        get_origin=get_origin,
        cast=lambda _, value: value,
        Any=Any,
        Mapping=Mapping,
        GroupRewardFunc=None,
        RewardFunc=None,
        RolloutScore=dict,
        TASK_INPUT_FIELDS=(),
        maybe_await=maybe_await,
    )["Rubric"]
    return rubric(funcs=[reward])


def state_of_verifiers(text: str) -> dict[str, Any]:
    completion = [{"role": "assistant", "content": text}]
    return {"prompt": [], "completion": completion, "answer": "", "info": {"suite": SUITE}, "timing": {}}


def test_verifiers_rubric() -> None:
    rubric = rubric_of_verifiers(verifiers.code_reward)
    states = [state_of_verifiers(text) for text in TEXTS]
    for state in states:
        asyncio.run(rubric.score_rollout(state))
    assert [state["reward"] for state in states] == REWARDS
    assert rubric_of_verifiers(verifiers.group_code_reward).has_group_rewards
    called = rubric._call_group_reward_func(verifiers.group_code_reward, states)
    assert asyncio.run(called) == REWARDS


def test_verifiers_rubric_makes_no_zero_of_what_was_not_judged(broken: FakeService) -> None:
    rubric, state = rubric_of_verifiers(verifiers.code_reward), state_of_verifiers(TEXTS[0])
    asyncio.run(rubric.score_rollout(state))
    assert math.isnan(state["reward"])


def task_of_verifiers() -> tuple[Any, Any]:
    """A task and a trace of ``verifiers.v1``, which prime-rl trains on."""
    decorators = loaded("released_decorators", source("verifiers", "v1/utils/decorators.py"))

    @contextlib.asynccontextmanager
    async def boundary(kind: type[Exception], where: str) -> Any:
        try:
            yield
        except Exception as error:
            raise kind(where) from error

    around = {name: getattr(decorators, name) for name in ("discover_decorated", "invoke_all", "seed", "unseed")}
    task = taken(
        "verifiers",
        "v1/task.py",
        "Task",
        **around,
        Generic=Generic,
        DataT=TypeVar("DataT"),
        StateT=TypeVar("StateT"),
        ConfigT=TypeVar("ConfigT"),
        ClassVar=None,
        Mapping=Mapping,
        inspect=inspect,
        boundary=boundary,
        TaskError=RuntimeError,
        logger=logging.getLogger("verifiers"),
    )["Task"]

    class CodeTask(task):
        @decorators.reward(weight=1.0)
        async def solved(self, trace: Any) -> float:
            return await prime_rl.grade_trace(trace, self.data.suite)

        def plugged_judges(self) -> list[Any]:
            return []

        def hooks(self, attr: str) -> list[Any]:
            return decorators.discover_decorated(self, attr)

    rewards: dict[str, Any] = {}
    trace = SimpleNamespace(last_reply=TEXTS[0], info={}, rewards=rewards, metrics={})
    trace.record_reward = lambda name, value, weight: rewards.__setitem__(name, value * weight)
    return CodeTask(SimpleNamespace(suite=SUITE), SimpleNamespace(judges=[])), trace


def test_verifiers_v1() -> None:
    task, trace = task_of_verifiers()
    asyncio.run(task.score(trace))
    assert trace.rewards == {"solved": 1.0}
    assert trace.info == {"verdict": "accepted"}


def test_verifiers_v1_leaves_what_was_not_judged_unscored(broken: FakeService) -> None:
    task, trace = task_of_verifiers()
    with pytest.raises(RuntimeError) as failed:
        asyncio.run(task.score(trace))
    assert isinstance(failed.value.__cause__, NotJudged)
    assert trace.rewards == {"solved": None}


def test_verifiers_v1_calls_a_reward_that_is_plugged_in() -> None:
    decorators = loaded("released_decorators", source("verifiers", "v1/utils/decorators.py"))
    trace = SimpleNamespace(last_reply=TEXTS[0], info={})
    called = decorators.invoke(prime_rl.solved, {"task": SimpleNamespace(suite=SUITE), "trace": trace})
    assert asyncio.run(called) == 1.0


def test_skyrl(monkeypatch: pytest.MonkeyPatch) -> None:
    core_file, base_file = source("skyrl_gym", "core.py"), source("skyrl_gym", "envs/base_text_env.py")
    core = loaded("skyrl_gym.core", core_file, monkeypatch)
    for name in ("skyrl_gym", "skyrl_gym.envs"):
        package = ModuleType(name)
        package.__path__ = []
        package.Env = core.Env
        monkeypatch.setitem(sys.modules, name, package)
    loaded("skyrl_gym.envs.base_text_env", base_file, monkeypatch)
    monkeypatch.delitem(sys.modules, "trainer_client.rewards.skyrl", raising=False)
    environment = importlib.import_module("trainer_client.rewards.skyrl").CodeEnv
    steps = []
    for text in TEXTS:
        env = environment(
            env_config={"shape": "binary"}, extras={"reward_spec": {"ground_truth": SUITE}, "data_source": "x"}
        )
        assert env.init([{"role": "user", "content": "Add."}])[1] == {}
        steps.append(env.step(text))
    assert [step["reward"] for step in steps] == REWARDS
    assert all(step["done"] for step in steps)
    assert steps[2]["metadata"]["verdict"] == "no_code"
    assert env.get_metrics()["no_code"] == 1.0


def test_areal(monkeypatch: pytest.MonkeyPatch) -> None:
    utilities = ModuleType("areal.utils")
    utilities.logging = logging
    path = source("areal", "api/reward_api.py")
    monkeypatch.setitem(sys.modules, "areal", ModuleType("areal"))
    monkeypatch.setitem(sys.modules, "areal.utils", utilities)
    api = loaded("areal.api.reward_api", path, monkeypatch)
    reward = importlib.import_module("trainer_client.rewards.areal").code_reward
    wrapper = api.AsyncRewardWrapper(reward, max_workers=2, max_retries=0)

    async def main() -> list[float]:
        calls = [
            wrapper(prompt="p", completions=text, prompt_ids=[1], completion_ids=[2], suite=SUITE) for text in TEXTS
        ]
        return await asyncio.gather(*calls)

    try:
        assert asyncio.run(main()) == REWARDS
    finally:
        api.AsyncRewardWrapper._atexit_shutdown_all()


def test_areal_without_its_pool() -> None:
    """As ``RLVRWorkflow`` asks whatever is its ``async_reward_fn``."""
    areal = importlib.import_module("trainer_client.rewards.areal")
    method = "RLVRWorkflow._compute_rewards"
    own = taken("areal", "workflow/rlvr.py", method, trace_session=lambda _: lambda function: function)
    workflow = SimpleNamespace(
        async_reward_fn=areal.async_code_reward, tokenizer=SimpleNamespace(decode=lambda tokens: TEXTS[tokens[0]])
    )
    responses = [SimpleNamespace(input_tokens=[7], output_tokens=[number]) for number in range(len(TEXTS))]

    async def main() -> list[float]:
        calls = (own["_compute_rewards"](workflow, each, "p", {"suite": SUITE}) for each in responses)
        return await asyncio.gather(*calls)

    assert asyncio.run(main()) == REWARDS
