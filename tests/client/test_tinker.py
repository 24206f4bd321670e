"""The grader called by Tinker cookbook's own environment, and its recipe for code with the service as its sandbox. Last
seen with tinker-cookbook 0.6.1."""

from __future__ import annotations

import asyncio
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from evaluator.local import LocalService
from tests.client.conftest import REWARDS, RIGHT, SUITE, TEXTS, WRONG, fenced
from tests.client.released import loaded, source, taken
from trainer_client.rewards.judge import NotJudged
from trainer_client.rewards.tinker import CodeReward
from trainer_client.testing import FakeService

CASES = [
    {"input": given, "output": expected, "testtype": "stdin_stdout"}
    for given, expected in [("1 2\n", "3\n"), ("20 22\n", "42\n")]
]


def graded(text: str, reward: Any) -> tuple[float, dict[str, float]]:
    """Grade an episode as ``AgentToolMessageEnv`` does, of a model that thinks."""
    grade = taken(
        "tinker_cookbook", "tool_use/agent_tool_message_env.py", "AgentToolMessageEnv._grade", asyncio=asyncio
    )
    thought = {"type": "thinking", "thinking": f"```python\n{RIGHT}\n```"}
    content = [thought, {"type": "text", "text": text}]
    history = [{"role": "user", "content": "Add."}, {"role": "assistant", "content": content}]
    episode = SimpleNamespace(termination_policy=None, history=history, initial_messages=history[:1], reward_fn=reward)
    result: tuple[float, dict[str, float]] = asyncio.run(grade["_grade"](episode))
    return result


@pytest.mark.usefixtures("named_service")
def test_episodes() -> None:
    answers = [graded(text, CodeReward({"suite": SUITE})) for text in TEXTS]
    assert [reward for reward, _ in answers] == REWARDS
    assert [metrics["no_code"] for _, metrics in answers] == [0.0, 0.0, 1.0]
    assert graded(TEXTS[1], CodeReward({"tests": json.dumps(CASES)}, shape="fraction"))[0] == 0.5


def test_what_was_not_judged_is_no_reward(broken: FakeService) -> None:
    with pytest.raises(NotJudged):
        graded(TEXTS[0], CodeReward({"suite": SUITE}))
    assert graded(TEXTS[0], CodeReward({"suite": SUITE}, on_error=0.5))[1]["not_judged"] == 1.0


def checked(service: LocalService, monkeypatch: pytest.MonkeyPatch, cases: Any, code: str) -> tuple[bool, Any]:
    """Check a program by the recipe's ``sandbox_check_correctness``, with ``SANDBOX_URL`` at the service."""
    pytest.importorskip("aiohttp")
    monkeypatch.setenv("SANDBOX_URL", f"{service.url}/run_code")
    files = {
        name: source("tinker_cookbook", name) for name in ("sandbox/sandboxfusion.py", "recipes/code_rl/lcb_utils.py")
    }
    sandbox, lcb = (loaded(f"released_{path.stem}", path) for path in files.values())

    async def check() -> tuple[bool, Any]:
        client = sandbox.SandboxFusionClient()
        recipe = taken(
            "tinker_cookbook",
            "recipes/code_rl/code_grading.py",
            *("sandbox_check_correctness", "_check_with_sandboxfusion", "postprocess_lcb_sample"),
            json=json,
            re=re,
            TEST_CODE=lcb.TEST_CODE,
            TEST_UTIL=lcb.TEST_UTIL,
            SandboxBackend=SimpleNamespace(MODAL="modal", SANDBOXFUSION="sandboxfusion"),
            _get_sandboxfusion_client=lambda: client,
        )
        try:
            result: tuple[bool, Any] = await recipe["sandbox_check_correctness"](cases, code, timeout=2)
            return result
        finally:
            await client.close()

    return asyncio.run(check())


@pytest.mark.parametrize(
    ("code", "passed"),
    [(RIGHT, True), (WRONG, False), ("while True: pass", False), ("raise SystemExit(1)", False), ("x = ", False)],
)
def test_its_recipe_by_run_code(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, code: str, passed: bool
) -> None:
    result, details = checked(service, monkeypatch, CASES, code)
    assert result is passed, details
    assert details["status"] == ("Success" if passed else "Failed"), details


def test_its_recipe_calls_functions(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [{"input": "1\n2", "output": "3", "testtype": "functional", "metadata": {"func_name": "add"}}]
    for operator, passed in [("+", True), ("-", False)]:
        code = f"class Solution:\n    def add(self, a, b):\n        return a {operator} b"
        assert checked(service, monkeypatch, calls, code)[0] is passed


def test_its_recipe_believes_a_program_that_ends_the_run(
    named_service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason for a reward of ours: the recipe's tests run in the program's process, whose exit code decides."""
    ends = "import os\nos._exit(0)"
    assert checked(named_service, monkeypatch, CASES, ends)[0] is True
    assert graded(fenced(ends), CodeReward({"tests": CASES}))[0] == 0.0
