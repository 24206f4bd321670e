"""The commands of whoever runs the service: ``serve``, ``worker``, ``doctor``, ``runtime`` and ``mcp``.

They start without the other commands, whose imports would take a third of the time.
"""

from __future__ import annotations

from typing import Annotated

import typer

from evaluator.cli.errors import FAULT, OK, package_needed, server_packages
from evaluator.cli.service import SERVER_HELP, WORKERS_HELP
from evaluator.cli.terminal import Terminal
from evaluator.installation import install_command
from evaluator.runtime import PACKAGES

COMMANDS = ("serve", "worker", "doctor", "runtime", "mcp")
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes; by default one for each CPU.")] = None,
    api_processes: Annotated[
        int | None, typer.Option(help="Processes that answer requests on the same port; by default one.")
    ] = None,
    fd: Annotated[int | None, typer.Option(hidden=True, help="A listening socket that was inherited.")] = None,
) -> None:
    """Start the service. Options win over MICROCODER_* variables."""
    with server_packages("serve"):
        from evaluator.cli import server
    server.serve({"host": host, "port": port, "workers": workers, "api_processes": api_processes}, fd)


@app.command()
def worker(
    redis_url: Annotated[str | None, typer.Option(help="URL of the Redis, such as redis://host:6379/0.")] = None,
    workers: Annotated[int | None, typer.Option(help="Programs at a time; by default one for each CPU.")] = None,
) -> None:
    """Run programs on this machine for services that share a Redis. Options win over MICROCODER_* variables."""
    with server_packages("worker"):
        from evaluator.cli import server
    server.worker({"redis_url": redis_url, "workers": workers})


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Try what this host grants, and show the isolation and languages that work here."""
    with server_packages("doctor"):
        from evaluator.cli import server
    healthy = server.examine(as_json=as_json)
    raise typer.Exit(OK if healthy else FAULT)


@app.command()
def runtime(
    packages: Annotated[
        list[str] | None, typer.Argument(help=f"Packages, as pip takes them; by default {', '.join(PACKAGES)}.")
    ] = None,
    python: Annotated[str | None, typer.Option(help="Make it anew, based on this interpreter.")] = None,
) -> None:
    """Make the environment of Python submissions, or add packages to it. Running services use it within a minute."""
    with server_packages("runtime"):
        from evaluator.cli import server
    interpreter = server.make_runtime(tuple(packages or ()), python)
    Terminal().print(f"Python submissions run under {interpreter}")


@app.command()
def mcp(
    server: Annotated[str | None, typer.Option("--server", "--url", help=SERVER_HELP)] = None,
    workers: Annotated[int | None, typer.Option(help=WORKERS_HELP)] = None,
    http: Annotated[
        int | None,
        typer.Option(
            metavar="PORT", min=1, max=65535, help="Listen at http://127.0.0.1:PORT/mcp, not on stdin and stdout."
        ),
    ] = None,
) -> None:
    """Offer the sandbox to an assistant as tools of the Model Context Protocol: run, grade and languages. Assistants
    start this command themselves. Needs the extra `mcp`."""
    with package_needed("mcp", install_command("mcp")):
        from evaluator.cli import mcp as mcp_command
    mcp_command.serve(server, workers, http)
