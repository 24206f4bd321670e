"""``microcoder mcp``: the sandbox as tools of assistants, by the Model Context Protocol. A service does the work."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool, ToolAnnotations
from pydantic import BaseModel, ValidationError

from evaluator.cli.errors import BadInput
from evaluator.cli.mcp_tools import TOOLS, ServiceTool
from evaluator.cli.service import service
from evaluator.schema.jsontext import wrong_fields
from trainer_client.client import AsyncEvaluatorClient
from trainer_client.errors import EvaluatorError, RequestRefused, Unreachable

_HOST = "127.0.0.1"
_PATIENCE_S = 2.0
_INSTRUCTIONS = (
    "Runs programs in a sandbox without network, under limits of CPU time and memory. Use `run` to see what a program "
    "does, and `grade` to judge it against tests. `languages` lists what works on this host."
)


def serve(server: str | None, workers: int | None, http: int | None) -> None:
    """Answer an assistant until it leaves: on stdin and stdout, or at a port of 127.0.0.1.

    Raises:
        BadInput: the URL is none, or no service can be started here.
        ServiceFailed: the service did not start.
    """
    with service(server, workers, start=_start_quietly) as url:
        try:
            client = AsyncEvaluatorClient(url, patience_s=_PATIENCE_S)
        except ValueError as error:
            raise BadInput(f"--server: {error}") from error
        anyio.run(_answer_assistant, client, http)


def _start_quietly(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a service whose stdout is our stderr: ours carries the protocol."""
    return subprocess.Popen(command, stdout=sys.stderr.fileno(), **options)


async def _answer_assistant(client: AsyncEvaluatorClient, http: int | None) -> None:
    server = server_for(client)
    async with client:
        if http is not None:
            import uvicorn  # the SDK has it; only this transport needs it

            app = server.streamable_http_app(host=_HOST)
            await uvicorn.Server(uvicorn.Config(app, host=_HOST, port=http, log_level="warning")).serve()
            return
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())


def server_for(client: AsyncEvaluatorClient) -> Server[Any]:
    """Make an MCP server whose tools the client's service answers."""

    async def list_tools(*_: Any) -> ListToolsResult:
        return ListToolsResult(tools=[_declaration(name, tool) for name, tool in TOOLS.items()])

    async def call_tool(_: Any, params: Any) -> CallToolResult:
        try:
            result = await _result(client, params.name, params.arguments or {})
        except ToolFailed as error:
            return CallToolResult(content=[TextContent(type="text", text=str(error))], is_error=True)
        text = TextContent(type="text", text=result.model_dump_json(exclude_none=True))
        return CallToolResult(content=[text], structured_content=result.model_dump(mode="json"))

    return Server(
        "microcoder",
        version=version("microcoder-evaluator"),
        title="MicroCoder-Evaluator",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


class ToolFailed(Exception):
    """A call cannot be answered; the message says what to do, and the assistant reads it."""


def _declaration(name: str, tool: ServiceTool) -> Tool:
    """Describe a tool to assistants. A run changes nothing outside of the sandbox and reaches no network."""
    return Tool(
        name=name,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.result.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


async def _result(client: AsyncEvaluatorClient, name: str, arguments: dict[str, Any]) -> BaseModel:
    """Answer a call."""
    tool = TOOLS.get(name)
    if tool is None:
        raise ToolFailed(f"there is no tool {name!r}: use one of {', '.join(TOOLS)}")
    try:
        return await tool.call(client, tool.arguments.model_validate(arguments))
    except ValidationError as error:
        raise ToolFailed(f"correct the arguments of {name}: {'; '.join(wrong_fields(error))}") from error
    except ValueError as error:
        raise ToolFailed(f"correct the arguments of {name}: {error}") from error
    except RequestRefused as error:
        raise ToolFailed(f"the service refused this, and will refuse it again: {error.detail or error}") from error
    except Unreachable as error:
        raise ToolFailed(
            f"the service at {client.settings.url} does not answer ({error}): ask the user to start it with "
            "`microcoder serve`, then call again"
        ) from error
    except EvaluatorError as error:
        raise ToolFailed(
            f"the service could not do this, call again or ask the user to look at its log: {error}"
        ) from error
