"""A resources server of NeMo-Gym's: its own code (0.7.0) sends rollouts and reads answers, where it is installed."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from evaluator.local import LocalService
from evaluator.schema import Suite
from tests.client.released import taken
from tests.compat.conftest import DOUBLES, fenced, nemo_message, released, suite

UNIT_TESTS = {"inputs": ["2\n", "21\n"], "outputs": ["4\n", "42\n"], "fn_name": None}
PARAMETERS = {"input": [{"role": "user", "content": "Double it."}]}
THOUGHT = {"id": "r", "type": "reasoning", "summary": [{"type": "summary_text", "text": fenced("print(4)")}]}


def rollout(text: str, *before: Any, **row: Any) -> dict[str, Any]:
    """A row with a response, as agents send it."""
    response = {"id": "resp", "object": "response", "model": "m", "output": [*before, nemo_message(text)]}
    row = row or {"verifier_metadata": {"unit_tests": UNIT_TESTS, "difficulty": "easy"}}
    return {"responses_create_params": PARAMETERS, "response": response, "task_source": "code", **row}


def verified(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/verify", json=body).raise_for_status().json()
    return answer


def test_an_answer_is_the_rollout_with_its_reward(client: httpx.Client) -> None:
    body = rollout(fenced(DOUBLES))
    counted = {"reward": 1.0, "verdict": "accepted", "passed": 2, "total": 2}
    assert verified(client, body) == {**body, **counted}


@pytest.mark.parametrize(
    ("body", "reward", "verdict"),
    [
        (rollout(fenced("print(4)")), 0.0, "wrong_answer"),
        (rollout(fenced("print('4.0' if input() == '2' else 42)")), 1.0, "accepted"),  # LiveCodeBench's rule
        (rollout("I do not know."), 0.0, "no_code"),
        (rollout(fenced(DOUBLES), THOUGHT), 1.0, "accepted"),
        (rollout("I do not know.", THOUGHT), 0.0, "no_code"),
        (rollout(fenced(DOUBLES), verifier_metadata={"suite": suite()}), 1.0, "accepted"),
        (rollout(fenced(DOUBLES), suite=suite()), 1.0, "accepted"),
        (rollout(fenced("def f(x): return 2 * x"), verifier_metadata={"test_list": ["assert f(2) == 4"]}), 1.0, "accepted"),
    ],
)  # fmt: skip
def test_rewards(client: httpx.Client, body: dict[str, Any], reward: float, verdict: str) -> None:
    answer = verified(client, body)
    assert (answer["reward"], answer["verdict"]) == (reward, verdict)


def test_a_function_by_name(client: httpx.Client) -> None:
    tests = {"inputs": ["2", "21"], "outputs": ["4", "42"], "fn_name": "double"}
    solution = "class Solution:\n    def double(self, x):\n        return 2 * x"
    assert verified(client, rollout(fenced(solution), verifier_metadata={"unit_tests": tests}))["reward"] == 1.0


def test_a_stored_suite(client: httpx.Client) -> None:
    stored = Suite.model_validate(suite())
    assert client.put(f"/v1/suites/{stored.id}", content=stored.model_dump_json()).is_success
    assert verified(client, rollout(fenced(DOUBLES), suite_id=stored.id))["reward"] == 1.0


@pytest.mark.parametrize("row", [{"verifier_metadata": {"task_id": "HumanEval/0"}}, {"question": "Double it."}])
def test_a_row_without_tests_is_an_error_and_no_reward(client: httpx.Client, row: dict[str, Any]) -> None:
    response = client.post("/verify", json=rollout(fenced(DOUBLES), **row))
    assert response.status_code == 422
    assert "verifier_metadata" in response.json()["detail"]


def test_what_is_asked_around_a_rollout(client: httpx.Client) -> None:
    session = {"resources_session_id": "s", "episode_id": "e", "task_id": "t", "task_data": {}}
    assert client.post("/seed_session", json=rollout("")).json() == {}
    assert client.post("/seed_session", json=session).json() == {"resources_session_id": "s"}
    closing = {"resources_session_id": "s", "episode_id": "e"}
    assert client.post("/close_session", json=closing).json() == {"resources_session_id": "s"}
    assert client.get("/reverify_mode").json() == "stateless"
    responses = [
        {"_ng_task_index": task, "reward": reward} for task, reward in [(0, 1.0), (0, 0.0), (1, 1.0), (1, 1.0)]
    ]
    assert client.post("/aggregate_metrics", json={"verify_responses": responses}).json() == {
        "group_level_metrics": [{"_ng_task_index": 0, "mean/reward": 0.5}, {"_ng_task_index": 1, "mean/reward": 1.0}],
        "agent_metrics": {"mean/reward": 0.75},
        "key_metrics": {"mean/reward": 0.75},
    }
    nothing = {"group_level_metrics": [], "agent_metrics": {}, "key_metrics": {}}
    assert client.post("/aggregate_metrics", json={"verify_responses": []}).json() == nothing


def test_its_own_code_verifies_rollouts_once_more(service: LocalService) -> None:
    rollouts = [rollout(fenced(DOUBLES)), rollout(fenced("print(4)"))]
    assert [answer["reward"] for answer in asyncio.run(verified_again(service, rollouts))] == [1.0, 0.0]


def test_its_own_code_raises_what_is_no_reward(service: LocalService) -> None:
    broken = {**suite(), "checker": {"kind": "program", "language": "cpp", "code": "int main() {"}}
    with pytest.raises(released("aiohttp").ClientResponseError) as raised:
        asyncio.run(verified_again(service, [rollout(fenced(DOUBLES), suite=broken)]))
    assert raised.value.status == 500


async def verified_again(service: LocalService, rollouts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Verify as ``gym eval reverify`` does. The answers are in the order of the rollouts."""
    aiohttp, orjson = released("aiohttp"), released("orjson")
    async with aiohttp.ClientSession() as session:
        http = taken(
            "nemo_gym",
            "server_utils.py",
            *("request", "_request_with_retries", "raise_for_status", "get_response_json"),
            orjson=orjson,
            time=time,
            get_global_aiohttp_client=lambda: session,
            is_span_group_enabled=lambda group: False,
            GymSpanGroup=SimpleNamespace(HTTP_CLIENT=None),
            _GLOBAL_AIOHTTP_CLIENT_QUEUE_TELEMETRY=False,
            _GLOBAL_AIOHTTP_CLIENT_REQUEST_DEBUG=False,
            _PickleSafeRequestInfo=SimpleNamespace,
            CIMultiDict=dict,
            **{
                name: getattr(aiohttp, name)
                for name in ("ClientResponseError", "ClientOSError", "ServerDisconnectedError")
            },
        )
        post = functools.partial(http["request"], "POST")
        client = SimpleNamespace(post=lambda server_name, url_path, json: post(url=service.url + url_path, json=json))
        client.global_config_dict = {"code": {"resources_servers": {"microcoder": {}}}}
        verify = taken(
            "nemo_gym",
            "rollout_reverification.py",
            *("_run_verification_payloads", "_rs_for_row"),
            **http,
            setup_server_client=lambda: client,
            _build_agent_to_resources_server_mapping=lambda config: {},
            nullcontext={None: contextlib.nullcontext},
            tqdm=SimpleNamespace(as_completed=lambda tasks, **_: list(tasks)),
            is_global_aiohttp_client_request_debug_enabled=lambda: False,
            ATIF_PROVENANCE_KEY="provenance",
            TASK_SOURCE_KEY_NAME="task_source",
            DictConfig=dict,
        )["_run_verification_payloads"]
        return [answer for _, answer in await asyncio.gather(*verify(rollouts))]
