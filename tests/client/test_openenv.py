"""The environment served by OpenEnv's own server, and asked by its own client. Last seen with openenv-core 0.3.0."""

from __future__ import annotations

import asyncio
import functools
import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.client.conftest import REWARDS, SUITE, TEXTS
from tests.waiting import until
from trainer_client.testing import FakeService

pytestmark = pytest.mark.usefixtures("named_service")
try:
    server = importlib.import_module("openenv.core.env_server")
    clients = importlib.import_module("openenv.core.generic_client")
except ImportError as error:
    pytest.skip(f"openenv-core is not installed, or what it needs: {error}", allow_module_level=True)


@contextmanager
def served(**options: Any) -> Iterator[str]:
    """The environment on a port of its own, as ``create_app`` serves it but for the web interface."""
    ours = importlib.import_module("trainer_client.rewards.openenv")
    made = functools.partial(ours.CodeEnvironment, **options)
    app = server.create_fastapi_app(made, ours.CodeAction, ours.CodeObservation, max_concurrent_envs=8)
    uvicorn = importlib.import_module("uvicorn")
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        until(lambda: running.started, "it listens")
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    finally:
        running.should_exit = True
        thread.join()


async def episode(url: str, text: str, **row: Any) -> Any:
    async with clients.GenericEnvClient(base_url=url) as env:
        if row:
            assert not (await env.reset(**row)).done
        result = await env.step({"response": text})
        assert (await env.state())["step_count"] == 1
        return result


async def episodes(url: str) -> list[Any]:
    return await asyncio.gather(*(episode(url, text, suite=SUITE, prompt="Add.") for text in TEXTS))


def test_episodes_beside_each_other() -> None:
    with served(shape="fraction") as url:
        results = asyncio.run(episodes(url))
    assert [result.reward for result in results] == [1.0, 0.5, 0.0]
    assert all(result.done for result in results)
    assert [result.observation["verdict"] for result in results] == ["accepted", "wrong_answer", "no_code"]
    assert results[0].observation["passed"] == 2


def test_what_is_no_reward_is_an_error_of_the_client() -> None:
    with served() as url:
        for row, said in [({"prompt": "Add."}, "tests in a known shape"), ({}, "call reset")]:
            with pytest.raises(RuntimeError, match=said):
                asyncio.run(episode(url, TEXTS[0], **row))


def test_what_was_not_judged_is_an_error_of_the_client(broken: FakeService) -> None:
    with served() as url, pytest.raises(RuntimeError, match="judge_error"):
        asyncio.run(episode(url, TEXTS[0], suite=SUITE))


def test_without_an_event_loop() -> None:
    ours = importlib.import_module("trainer_client.rewards.openenv")
    env = ours.CodeEnvironment()
    env.reset(suite=SUITE)
    assert [env.step(ours.CodeAction(response=text)).reward for text in TEXTS] == REWARDS
