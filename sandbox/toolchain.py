"""Languages: read from a table, offered where their toolchain is found to work."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.slot import Runtime

_PROBE_TIMEOUT_S = 30
_ASK_PYTHON = (
    "import sys, json; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix, "
    "sys.base_exec_prefix]))"
)


@dataclass(frozen=True, slots=True)
class Language:
    """One entry of languages.toml; commands are command lines, ``cpu_factor`` has no unit."""

    name: str
    aliases: tuple[str, ...]
    source: str
    version: tuple[str, ...]
    compile: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()
    cpu_factor: float = 1.0

    @property
    def extension(self) -> str:
        return self.source.rsplit(".", 1)[1]


@functools.cache
def languages() -> Mapping[str, Language]:
    """Every language of the table, by name."""
    table = tomllib.loads(Path(__file__).with_name("languages.toml").read_text())
    return {name: _language(name, entry) for name, entry in table.items()}


def canonical(name: str) -> str | None:
    """The table's name for a language or one of its aliases, in any case; None when it has none."""
    return _names().get(name.strip().lower())


@functools.cache
def python_runtime(executable: str | None, modules: tuple[tuple[str, str], ...] = ()) -> Runtime:
    """The interpreter for submissions: ``executable`` (of a virtual environment, say), else our own base.

    Raises:
        OSError, subprocess.SubprocessError: it does not start.
    """
    asked = executable or str(getattr(sys, "_base_executable", sys.executable))
    real, *prefixes = json.loads(_output([asked, "-I", "-c", _ASK_PYTHON]))
    return Runtime(
        python=real,
        prefixes=tuple(sorted(set(prefixes))),
        warm=languages()["python"].warm,
        modules=dict(modules),
    )


def probe(language: Language, python: str) -> str | None:
    """The version of a language's toolchain; None where it is missing or does not start."""
    command = [part.format(python=python) for part in language.version]
    if shutil.which(command[0]) is None:
        return None
    try:
        return _output(command).splitlines()[0].strip()
    except (OSError, subprocess.SubprocessError, IndexError):
        return None


def located(command: tuple[str, ...]) -> tuple[str, ...]:
    """A command line whose program is named by its path: nothing is looked up inside the jail.

    Raises:
        FileNotFoundError: it has gone since it was probed.
    """
    path = shutil.which(command[0])
    if path is None:
        raise FileNotFoundError(f"{command[0]} is not installed")
    return (path, *command[1:])


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S).stdout


@functools.cache
def _names() -> dict[str, str]:
    return {alias: name for name, entry in languages().items() for alias in (name, *entry.aliases)}


def _language(name: str, entry: dict[str, Any]) -> Language:
    lists: dict[str, Any] = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Language(name=name, **entry | lists)
