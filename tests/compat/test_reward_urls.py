"""Reward URLs: OpenRLHF's released client (0.11.2), unmodified, and slime's requests (the slime on PyPI is another
package) as its source makes them."""

from __future__ import annotations

import asyncio
import json
import logging
from itertools import cycle
from typing import Any

import httpx
import pytest

from evaluator.local import LocalService
from evaluator.schema import Suite
from tests.client.released import taken
from tests.compat.conftest import DOUBLES, TESTS, fenced, released, suite

LABELS = {
    "suite": suite(),
    "list": TESTS,
    "columns": {"inputs": ["2\n", "21\n"], "outputs": ["4\n", "42\n"]},
    "asserts": ["assert double(2) == 4"],
}
PROMPT = "<|im_start|>user\nDouble it, unlike ```python\nprint(1)\n```<|im_end|>\n<|im_start|>assistant\n"


def get_reward(client: httpx.Client, query: Any, prompts: Any, labels: Any, **options: str) -> httpx.Response:
    return client.post("/get_reward", params=options, json={"query": query, "prompts": prompts, "labels": labels})


@pytest.mark.parametrize("as_text", [False, True], ids=["json", "text"])
@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_the_tests(client: httpx.Client, label: str, as_text: bool) -> None:
    code = f"def double(x):\n    return 2 * x\nif __name__ == '__main__':\n    {DOUBLES}"
    value = json.dumps(LABELS[label]) if as_text else LABELS[label]
    response = get_reward(client, [PROMPT + fenced(code)], [PROMPT], [value])
    assert response.json() == {"rewards": 1.0, "scores": 1.0, "extra_logs": {"no_code": 0.0}}


def test_a_label_may_be_the_name_of_a_suite(client: httpx.Client) -> None:
    stored = Suite.model_validate(suite())
    assert client.put(f"/v1/suites/{stored.id}", content=stored.model_dump_json()).is_success
    assert get_reward(client, "Q" + fenced(DOUBLES), "Q", stored.id).json()["rewards"] == 1.0
    assert get_reward(client, "Q" + fenced(DOUBLES), "Q", "sha256:" + "0" * 64).status_code == 404


def test_lists_in_and_lists_out(client: httpx.Client) -> None:
    texts = [fenced(DOUBLES), fenced("print(4)"), "I do not know."]
    response = get_reward(client, [PROMPT + text for text in texts], [PROMPT] * 3, [LABELS["list"]] * 3)
    assert response.json() == {
        "rewards": [1.0, 0.0, 0.0],
        "scores": [1.0, 0.0, 0.0],
        "extra_logs": {"no_code": [0.0, 0.0, 1.0]},
    }


def test_each_test_may_count(client: httpx.Client) -> None:
    answer = get_reward(client, "Q" + fenced("print(4)"), "Q", LABELS["list"], reward="fraction").json()
    assert answer["rewards"] == 0.5


def test_another_language(client: httpx.Client) -> None:
    code = "```cpp\n#include <iostream>\nint main() { int x; std::cin >> x; std::cout << 2 * x; }\n```"
    assert get_reward(client, "Q" + code, "Q", LABELS["list"], language="cpp").json()["rewards"] == 1.0


@pytest.mark.parametrize(
    "end", ["<|im_end|>", "</s>", "<eos><pad><pad>", "\n<|eot_id|>\n", "<｜end▁of▁sentence｜>", "<end_of_turn>"]
)
def test_special_tokens_behind_the_program_do_no_harm(client: httpx.Client, end: str) -> None:
    text = f"```python\n{DOUBLES}\n```{end}"
    assert get_reward(client, PROMPT + text, PROMPT, LABELS["list"]).json()["rewards"] == 1.0


@pytest.mark.parametrize(
    ("query", "prompts", "labels", "said"),
    [
        (["a"], ["b"], [TESTS], "does not hold its prompt"),
        (["a", "b"], ["a"], [TESTS], "lists of one length"),
        ([], [], [], "one element or more"),
        (["a"], ["a"], ["no tests"], "neither a suite nor JSON"),
        (["a"], ["a"], [{"mode": "stdio", "tests": []}], "at least one test"),
    ],
)
def test_bad_input_is_no_reward(client: httpx.Client, query: Any, prompts: Any, labels: Any, said: str) -> None:
    response = get_reward(client, query, prompts, labels)
    assert response.status_code == 422
    assert said in response.json()["detail"]


def test_a_suite_that_cannot_judge_is_no_zero(client: httpx.Client) -> None:
    broken = {**suite(), "checker": {"kind": "program", "language": "cpp", "code": "int main() {"}}
    response = get_reward(client, "Q" + fenced(DOUBLES), "Q", broken)
    assert response.status_code == 500
    assert "judge_error" in response.json()["detail"]


@pytest.mark.parametrize(("code", "reward"), [(DOUBLES, 1.0), ("print(4)", 0.0)])
def test_slime(client: httpx.Client, code: str, reward: float) -> None:
    """``slime/rollout/rm_hub/__init__.py``, ``remote_rm``: the body of the answer is the reward."""
    payload = {"prompt": [{"role": "user", "content": "Double it."}], "response": fenced(code), "label": TESTS}
    response = client.post("/slime/get_reward", json=payload)
    assert response.raise_for_status().json() == reward


def test_openrlhf_s_client(service: LocalService) -> None:
    executor = taken(
        "openrlhf",
        "utils/agent.py",
        "SingleTurnAgentExecutor",
        AgentExecutorBase=object,
        cycle=cycle,
        logger=logging.getLogger("openrlhf"),
        asyncio=asyncio,
        aiohttp=released("aiohttp"),
    )["SingleTurnAgentExecutor"](f"{service.url}/get_reward")
    texts = [fenced(DOUBLES), fenced("print(4)"), "I do not know."]

    async def fetched() -> list[Any]:
        label = json.dumps(LABELS["suite"])
        return await asyncio.gather(
            *(executor._fetch_rewards_via_http([PROMPT + text], [PROMPT], [label]) for text in texts)
        )

    assert [answer["rewards"] for [answer] in asyncio.run(fetched())] == [1.0, 0.0, 0.0]
