"""The environment of Python submissions: an interpreter and packages of its own, apart from the service's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line names PACKAGES where the server's packages need not be installed
    from evaluator.settings import Settings

PACKAGES = ("numpy", "sortedcontainers", "pytest>=8.4", "pytest-asyncio>=1")
"""Packages that contest programs and test files import most. pytest-asyncio takes 1 MB with its dependencies,
sortedcontainers, which LeetCode and AtCoder have too, 0.1 MB. pandas is left out: it takes 90 MB, and as much memory in
each warm interpreter; name it to ``microcoder runtime`` to have it."""

_DIRECTORY = "runtime"
_TIMEOUT_S = 900


class RuntimeNotMade(Exception):
    """The environment could not be made; the message is the tool's."""


def interpreter(settings: Settings) -> str | None:
    """Return the interpreter for submissions: the configured one, else that of the environment from ``make``, else
    None. None stands for the interpreter on which the service's own environment is based, without the service's
    packages."""
    if settings.python is not None:
        return settings.python
    python = _python_of(settings.data_dir / _DIRECTORY)
    return str(python) if python.exists() else None


def make(settings: Settings, packages: tuple[str, ...], python: str | None) -> Path:
    """Make the environment, or add packages to it. Returns its interpreter.

    Args:
        packages: requirements, as pip takes them.
        python: the interpreter that it is based on; by default the service's own.

    Raises:
        RuntimeNotMade: the interpreter does not start, or pip cannot find the packages.
    """
    directory = settings.data_dir / _DIRECTORY
    interpreter = _python_of(directory)
    if not interpreter.exists() or python is not None:
        base = python or str(getattr(sys, "_base_executable", sys.executable))
        _run([base, "-m", "venv", "--clear", str(directory)])
    if packages:
        _run([str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    return interpreter


def _python_of(directory: Path) -> Path:
    return directory / "bin" / "python"


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeNotMade(f"{command[0]}: {error}") from error
    except subprocess.CalledProcessError as error:
        raise RuntimeNotMade(f"{' '.join(command[:4])} failed: {(error.stderr or error.stdout).strip()}") from error
