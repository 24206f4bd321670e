"""``microcoder mcp``, asked by the client of the protocol's own SDK."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from mcp.client.stdio import StdioServerParameters, stdio_client  # noqa: E402

from evaluator.cli import mcp as mcp_command  # noqa: E402
from evaluator.cli.mcp_tools import SHOWN_CHARACTERS  # noqa: E402
from evaluator.local import LocalService  # noqa: E402
from tests.ports import free_port  # noqa: E402
from tests.waiting import until  # noqa: E402
from trainer_client.client import AsyncEvaluatorClient  # noqa: E402

SUM = "print(sum(map(int, input().split())))"
COMMAND = ["-m", "evaluator", "mcp"]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
RUN = {
    "jsonrpc": "2.0",
    "id": 2,
    "method": "tools/call",
    "params": {"name": "run", "arguments": {"code": "print(6 * 7)"}},
}


@asynccontextmanager
async def assistant(service: LocalService) -> AsyncIterator[Any]:
    """A client of an MCP server that it has started itself."""
    parameters = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "--url", service.url], env=dict(os.environ)
    )
    async with mcp.Client(stdio_client(parameters)) as client:
        yield client


async def call(client: Any, name: str, **arguments: object) -> Any:
    return await client.call_tool(name, arguments)


async def result(client: Any, name: str, **arguments: object) -> Any:
    """Return the result of a call that succeeds. The client has held it against the tool's schema."""
    answer = await call(client, name, **arguments)
    assert not answer.is_error, answer.content
    shown = json.loads(answer.content[0].text)
    assert shown.keys() <= answer.structured_content.keys()  # nulls are left out
    return answer.structured_content


def test_an_assistant_runs_and_grades_programs(shared_service: LocalService) -> None:
    async def talk() -> None:
        async with assistant(shared_service) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert tools.keys() == {"run", "grade", "languages"}
            for tool in tools.values():
                undescribed = [
                    name for name, each in tool.input_schema["properties"].items() if not each.get("description")
                ]
                assert undescribed == [], tool.name
                assert tool.description
            await _run(client)
            await _grade(client)
            listed = await result(client, "languages")
            assert "python" in {each["name"] for each in listed["languages"]}

    asyncio.run(talk())


async def _run(client: Any) -> None:
    said = await result(
        client,
        "run",
        code="import sys\nprint(input(), sys.argv[1:], open('data/a.txt').read())\nsys.exit(3)",
        stdin="[1]",
        args=["b"],
        files={"data/a.txt": "{}"},
    )
    assert (said["stdout"], said["exit_code"], said["truncated"]) == ("[1] ['b'] {}\n", 3, False)
    long = await result(client, "run", code="import sys; sys.stdout.buffer.write(b'\\xff' + b'x' * 10**6 + b'end')")
    assert long["truncated"]
    assert len(long["stdout"]) < SHOWN_CHARACTERS + 100
    assert long["stdout"].startswith("\\xffxxx")
    assert long["stdout"].endswith("xend")
    slow = await result(client, "run", code="while True: pass", cpu_s=0.2)
    assert slow["stopped_by"] == "cpu"


async def _grade(client: Any) -> None:
    tests = [{"input": "1 2", "output": "3"}, {"input": "2 2", "output": "5"}, {"input": "1", "output": "1"}]
    wrong = await result(client, "grade", code=SUM, tests=tests)
    assert (wrong["verdict"], wrong["first_failure"]["expected"].strip()) == ("wrong_answer", "5")
    every = await result(client, "grade", code=SUM, tests=tests, policy="all")
    assert (every["passed"], every["total"]) == (2, 3)
    answer = f"Here it is:\n```python\n{SUM}\n```\n"
    extracted = await result(client, "grade", response=answer, tests=tests[:1])
    assert extracted["verdict"] == "accepted"
    function = await result(
        client, "grade", code="def half(n): return n / 2 + 1e-9", function="half",
        tests=[{"input": [3], "output": 1.5}], checker={"kind": "float", "abs": 1e-6},
    )  # fmt: skip
    assert function["verdict"] == "accepted"
    asserted = await result(client, "grade", code="def f(n): return n", test_code="assert f(2) == 3")
    assert asserted["verdict"] == "wrong_answer"
    suite = {"mode": "stdio", "tests": tests[:1], "limits": {"cpu_s": 1}}
    assert (await result(client, "grade", code=SUM, suite=suite))["verdict"] == "accepted"


def test_errors_say_what_to_do(shared_service: LocalService) -> None:
    async def talk() -> None:
        async with (
            AsyncEvaluatorClient(shared_service.url) as service,
            mcp.Client(mcp_command.server_for(service)) as client,
        ):
            for says, name, arguments in (
                ("correct the arguments of run: code: Field required", "run", {}),
                ("correct the arguments of run: tme: ", "run", {"code": "", "tme": 3}),
                ("available: ", "run", {"code": "", "language": "cobol-60"}),
                ("give one of", "grade", {"code": "x"}),
                (
                    "tests and suite",
                    "grade",
                    {"code": "x", "tests": [{"input": "", "output": ""}], "suite": {"mode": "stdio"}},
                ),
                ('"response"', "grade", {"test_code": "assert 1"}),
                ("tests[0].output must be a string", "grade", {"code": "x", "tests": [{"input": "1", "output": 2}]}),
                ("needs at least one test", "grade", {"code": "x", "suite": {"mode": "stdio"}}),
                ("use one of run, grade, languages", "shell", {"command": "ls"}),
            ):
                answer = await client.call_tool(name, arguments)
                assert answer.is_error, (name, arguments)
                assert says in answer.content[0].text

    asyncio.run(talk())


def test_a_service_that_is_away_is_named() -> None:
    async def talk(url: str) -> None:
        async with (
            AsyncEvaluatorClient(url, patience_s=0) as service,
            mcp.Client(mcp_command.server_for(service)) as client,
        ):
            answer = await call(client, "run", code="1")
            assert answer.is_error
            assert answer.content[0].text.startswith(f"the service at {url} does not answer")
            assert "`microcoder serve`" in answer.content[0].text

    asyncio.run(talk(f"http://127.0.0.1:{free_port()}"))


def test_with_a_service_of_its_own_stdout_has_nothing_but_the_protocol(data_dir: Path) -> None:
    environment = {**os.environ, "MICROCODER_LOG_LEVEL": "debug", "MICROCODER_DATA_DIR": str(data_dir)}
    with subprocess.Popen(
        [sys.executable, *COMMAND, "--workers", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        initialized = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        process.stdin.write("".join(json.dumps(each) + "\n" for each in (INITIALIZE, initialized, RUN)))
        process.stdin.flush()
        replies = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, log = process.communicate(timeout=60)
    assert [reply["id"] for reply in replies] == [1, 2]
    assert replies[1]["result"]["structuredContent"]["stdout"] == "42\n"
    assert rest == ""
    assert '"POST /v1/run' in log or "/v1/run" in log
    assert process.returncode == 0


def test_it_listens_at_a_port(shared_service: LocalService) -> None:
    port = free_port()
    command = [sys.executable, *COMMAND, "--url", shared_service.url, "--http", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            asyncio.run(_ask_at(f"http://127.0.0.1:{port}/mcp", process))
        finally:
            process.terminate()


async def _ask_at(url: str, process: subprocess.Popen[str]) -> None:
    await asyncio.to_thread(until, lambda: _answers(url, process), f"it listens at {url}")
    async with mcp.Client(url) as client:
        assert (await result(client, "run", code="print(6 * 7)"))["stdout"] == "42\n"


def _answers(url: str, process: subprocess.Popen[str]) -> bool:
    assert process.poll() is None, "it has ended"
    with contextlib.suppress(httpx.TransportError):
        httpx.get(url, trust_env=False)
        return True
    return False
