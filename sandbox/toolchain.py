"""Languages: read from a table, offered where their toolchain is found to work, in sight of a jail."""

from __future__ import annotations

import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.isolation import ROOT_PATHS
from sandbox.runtime import Runtime, environment, prefixes

_PROBE_TIMEOUT_S = 30
_ASK_PYTHON = (
    "import sys, json, site; print(json.dumps([site.getsitepackages(), sys.executable, sys.prefix, sys.base_prefix, "
    "sys.exec_prefix, sys.base_exec_prefix]))"
)
_ENCLOSED = re.compile(
    r'//[^\n]*|/\*(?:.*?\*/|.*)|"""(?:(?:\\.|[^\\])*?"""|.*)|"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|[{}]',
    re.DOTALL,
)
"""Comments, literals and braces of the languages that have Java's. What is not closed goes on to the end, so that no
source makes the search slow."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """File made beforehand for a language's compiler, as languages.toml describes it."""

    file: str
    source: str
    command: tuple[str, ...]
    asked_by: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        """All that decides what it is, but the compiler."""
        return (self.file, self.source, *self.command, *(part for item in self.beside.items() for part in item))


@dataclass(frozen=True, slots=True)
class Language:
    """One entry of languages.toml, which says what its fields are."""

    name: str
    source: str
    version: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    compile: tuple[str, ...] = ()
    prepare: Preparation | None = None
    run: tuple[str, ...] = ()
    artefact: str = "main"
    units: tuple[str, ...] = ()
    source_pattern: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    out_of_memory: tuple[str, ...] = ()
    asks_for_lines: str | None = None
    warm: tuple[str, ...] = ()
    cpu_factor: float = 1.0
    compile_factor: float = 1.0
    memory_overhead_mb: int = 0

    @property
    def extension(self) -> str:
        return self.source.rsplit(".", 1)[1]

    def file_name(self, source: bytes) -> str:
        """Name of a source's file: where the language cares, after what the source declares outside of braces."""
        if self.source_pattern is None:
            return self.source
        match = re.search(self.source_pattern, _outside_of_braces(source.decode(errors="replace")))
        return f"{match[1]}.{self.extension}" if match else self.source

    def needs_last_newline(self, source: bytes) -> bool:
        """Tell whether a program of this source gets no last line of its input if that has no newline at its end."""
        return self.asks_for_lines is not None and re.search(self.asks_for_lines.encode(), source) is not None


@dataclass(frozen=True, slots=True)
class VersionQuestion:
    """A command that tells a version, its environment, and the identity of its program's file."""

    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    program: tuple[int, ...]


_versions: dict[VersionQuestion, str | None] = {}
"""Answers of toolchains to this process, to those that it is a fork of, or to the one that started it."""


@functools.cache
def languages() -> Mapping[str, Language]:
    """Every language of the table, by name."""
    table = tomllib.loads(Path(__file__).with_name("languages.toml").read_text())
    return {name: _language(name, _complete(entry, table)) for name, entry in table.items()}


def canonical(name: str) -> str | None:
    """The table's name for a language or one of its aliases, in any case; None when it has none."""
    return _names().get(name.strip().lower())


@functools.cache
def python_runtime(executable: str | None, modules: tuple[tuple[str, str], ...] = ()) -> Runtime:
    """The interpreter for submissions: ``executable`` (of a virtual environment, say), else our own base.

    Raises:
        OSError, subprocess.SubprocessError: it does not start.
    """
    packages, real, *prefixes = _layout_of(executable or str(getattr(sys, "_base_executable", sys.executable)))
    return Runtime(
        python=real,
        prefixes=tuple(sorted(set(prefixes))),
        warm=languages()["python"].warm,
        modules=dict(modules),
        reads=extra_reads(),
        packages=tuple(packages),
    )


@functools.cache
def _layout_of(python: str) -> list[Any]:
    """Ask an interpreter where its packages, it itself and its parts lie."""
    layout: list[Any] = json.loads(_output([python, "-I", "-c", _ASK_PYTHON]))
    return layout


def extra_reads() -> tuple[str, ...]:
    """Paths of the table's ``reads`` that exist here, and the prefixes of toolchains."""
    return (*_table_reads(), *prefixes())


@functools.cache
def _table_reads() -> tuple[str, ...]:
    patterns = {pattern for language in languages().values() for pattern in language.reads}
    return tuple(sorted(path for pattern in patterns for path in glob.glob(pattern)))


def probe(language: Language, python: str) -> str | None:
    """The version of a language's toolchain; None where it is missing or does not start."""
    try:
        for command in filter(None, (language.compile, language.run)):
            located(command)
        there = {**environment("/nonexistent"), **language.environment}
        command = located(language.version, python=python)
        question = VersionQuestion(command, tuple(there.items()), _file_identity(command[0]))
        if question not in _versions:
            _versions[question] = _first_line(command, there)
        return _versions[question]
    except (OSError, subprocess.SubprocessError):
        return None


def known_versions() -> dict[VersionQuestion, str | None]:
    """Return the answers of toolchains so far, for another process of ours to ``know``: asking costs seconds of CPU."""
    return dict(_versions)


def know(versions: Mapping[VersionQuestion, str | None]) -> None:
    """Take over the answers of toolchains to another process of ours. Programs whose files have changed are asked."""
    _versions.update(versions)


def _first_line(command: tuple[str, ...], env: Mapping[str, str]) -> str | None:
    return next((line.strip() for line in _output(list(command), env).splitlines() if line.strip()), None)


def _file_identity(program: str) -> tuple[int, ...]:
    """Identity of a program's file, whatever links lead to it: it changes with the file."""
    status = os.stat(program)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def toolchains_state(python: str | None) -> tuple[object, ...]:
    """Return a value that changes when a toolchain is installed, replaced or removed, or a package of this Python.
    Nothing is started."""
    programs = {
        command[0] for each in languages().values() for command in (each.version, each.compile, each.run) if command
    }
    return *map(_identity_of_command, sorted(programs)), python_runtime(python).identity()


def forget_toolchains() -> None:
    """Look anew, from now on, at what was kept of toolchains that have changed. What a script starts may be another
    while its file is the same, so scripts are asked again."""
    for each in (_table_reads, _layout_of, python_runtime):
        each.cache_clear()
    for question in known_versions():
        if _is_script(question.command[0]):
            _versions.pop(question, None)


def _is_script(program: str) -> bool:
    try:
        with open(program, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _identity_of_command(command: str) -> tuple[str, tuple[int, ...]] | None:
    try:
        (path,) = located((command,))
        return path, _file_identity(path)
    except OSError:
        return None


def located(command: tuple[str, ...], **values: str) -> tuple[str, ...]:
    """A command line whose program is named by its path, since nothing is looked up inside the jail; ``{name}`` is
    replaced for each of ``values``.

    Raises:
        FileNotFoundError: the program is not installed, or not where a jail shows it.
    """
    for name, value in values.items():
        command = tuple(part.replace(f"{{{name}}}", value) for part in command)
    if os.path.isabs(command[0]):
        return command
    own = ":".join(f"{prefix}/bin" for prefix in prefixes())
    for directory in f"{own}:{os.environ.get('PATH', '')}:{environment('')['PATH']}".split(":"):
        path = shutil.which(command[0], path=directory or os.devnull)
        if path is not None and _in_sight(path):
            return (path, *command[1:])
    raise FileNotFoundError(f"{command[0]} is not installed where programs can reach it")


def _in_sight(path: str) -> bool:
    """Return whether a jail shows a program's file, by its name and where links lead: a home directory is not shown."""
    shown = (*ROOT_PATHS, *extra_reads())
    return all(
        any(name == top or name.startswith(f"{top}/") for top in shown) for name in (path, os.path.realpath(path))
    )


def _outside_of_braces(text: str) -> str:
    parts, depth, at = [], 0, 0
    for match in _ENCLOSED.finditer(text):
        if depth == 0:
            parts.append(text[at : match.start()])
        depth = max(0, depth + {"{": 1, "}": -1}.get(match[0], 0))
        at = match.end()
    return " ".join([*parts, text[at:]] if depth == 0 else parts)


def _output(command: list[str], env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it says; many a toolchain tells its version on stderr.

    Raises:
        OSError, subprocess.SubprocessError: it does not start, or fails.
    """
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        errors="replace",  # a version may have a copyright sign in Latin-1
        timeout=_PROBE_TIMEOUT_S,
        env=None if env is None else dict(env),
    )
    return done.stdout or done.stderr


@functools.cache
def _names() -> dict[str, str]:
    return {alias: name for name, entry in languages().items() for alias in (name, *entry.aliases)}


def _complete(entry: dict[str, Any], table: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """An entry with the fields of the one that it is a variant of."""
    own = {key: value for key, value in entry.items() if key not in ("of", "replaces")}
    return {**_replaced(table[entry["of"]], entry["replaces"]), **own} if "of" in entry else own


def _replaced(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, words) for each in value]
    return words.get(value, value) if isinstance(value, str) else value


def _language(name: str, entry: dict[str, Any]) -> Language:
    fields = _with_tuples(entry)
    if "prepare" in fields:
        fields["prepare"] = Preparation(**_with_tuples(fields["prepare"]))
    return Language(name=name, **fields)


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
