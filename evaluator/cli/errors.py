"""The ends of commands: exit codes, errors that become a sentence, and what to install."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import typer
from pydantic import ValidationError

from evaluator.cli.terminal import Terminal, styled
from evaluator.installation import install_command
from evaluator.keys import KeysUnusable
from evaluator.local import ServiceFailed
from trainer_client.benchmarks.task import BadFile
from trainer_client.errors import EvaluatorError, RequestRefused

OK, WRONG_INPUT, FAULT = 0, 2, 3
_SERVER_PACKAGES = ("fastapi", "uvicorn", "pydantic_settings", "prometheus_client")
_OURS = ("evaluator", "sandbox", "trainer_client")


class BadInput(Exception):
    """Input or usage is wrong; the message says what, and what to do. The exit code is 2."""


class CommandFailed(Exception):
    """This host, or the service, cannot do what was asked for; the message says why. The exit code is 3."""


@contextmanager
def bad_input() -> Iterator[None]:
    """Make one error of those that a file of the user's causes.

    Raises:
        BadInput: a file is missing, or not of the layout that it should have.
    """
    try:
        yield
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from error
    except (BadFile, UnicodeDecodeError) as error:
        raise BadInput(str(error)) from error


@contextmanager
def server_packages(command: str) -> Iterator[None]:
    """Say what to install, if an import of the ``with`` block fails for want of a package.

    Raises:
        BadInput: a package of the server is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in _OURS:
            raise
        raise BadInput(
            f"`microcoder {command}` needs the server's packages, and {error.name} is not installed: "
            f"{install_command('server')}"
        ) from error


@contextmanager
def package_needed(module: str, install: str) -> Iterator[None]:
    """Say what to install, and by which command, if an import of the ``with`` block fails for want of a module.

    Raises:
        BadInput: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != module:
            raise
        raise BadInput(f"this needs {module}, which is not installed: {install}") from error


def missing_package(need: str, name: str | None, extras: str) -> BadInput:
    """Make the error of a package that is not installed; ``need`` is a subject and a verb, such as "training needs"."""
    return BadInput(f"{need} {name}, which is not installed: {install_command(extras)}")


def require_server_packages() -> None:
    """Say what to do, if a service cannot be started here for want of a package.

    Raises:
        BadInput: a package of the server is not installed.
    """
    missing = next((name for name in _SERVER_PACKAGES if find_spec(name) is None), None)
    if missing is not None:
        raise BadInput(
            f"without --server a service is started here, which needs the server's packages, and {missing} is not "
            f"installed: give --server URL, or set MICROCODER_URL, or {install_command('server')}"
        )


def run(app: typer.Typer) -> None:
    """Run the command line, and turn an error into a sentence and an exit code."""
    try:
        app(prog_name="microcoder")
    except (BadInput, KeysUnusable, RequestRefused, ValidationError) as error:
        _complain(str(error), WRONG_INPUT)
    except (CommandFailed, EvaluatorError, ServiceFailed, OSError) as error:
        _complain(str(error), FAULT)


def _complain(sentence: str, code: int) -> None:
    Terminal(stderr=True).print(styled(("error:", "red"), f" {sentence}"))
    sys.exit(code)
