"""Programs of a package: their languages, and the files that belong to one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from trainer_client.packages.files import PackageFault, PackageFiles

LANGUAGES: Mapping[str, str] = {
    ".bash": "bash", ".c": "c", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".c++": "cpp", ".cs": "csharp", ".d": "d",
    ".exs": "elixir", ".f90": "fortran", ".f95": "fortran", ".go": "go", ".hs": "haskell", ".java": "java",
    ".js": "javascript", ".kt": "kotlin", ".lua": "lua", ".ml": "ocaml", ".mjs": "javascript", ".pas": "pascal",
    ".php": "php", ".pl": "perl", ".pp": "pascal", ".py": "python", ".py3": "python", ".r": "r", ".R": "r",
    ".rb": "ruby", ".rkt": "racket", ".rs": "rust", ".scala": "scala", ".sh": "bash", ".ts": "typescript",
}  # fmt: skip
"""Languages of the service by the endings of sources."""
_HEADERS = (".h", ".hh", ".hpp", ".hxx", ".inc")
MAIN_NAMES = ("__main__.py", "main.py", "Main.java", "main.cpp", "main.cc", "main.c")
_PYTHON_2 = re.compile(r"#!.*python2")
_PROLOG = re.compile(r"^(:-|[a-z]\w*(\([^;$]*\))?\s*:-)", re.MULTILINE)
_SCRIPTS = ("build", "run")


def language_of(name: str) -> str | None:
    """Return the language of a source by its file's name, None if it is none that is known."""
    return LANGUAGES.get(PurePosixPath(name).suffix)


def is_python_2(text: str) -> bool:
    """Tell whether a source asks for Python 2, which is not offered."""
    return _PYTHON_2.match(text) is not None


def unoffered(name: str, text: str) -> str:
    """Return why a source cannot be run though its file's name has a known ending, "" if it can."""
    if is_python_2(text):
        return "it is written in Python 2, which is not offered"
    if name.endswith(".pl") and _PROLOG.search(text):
        return "it is written in Prolog, which is not offered"
    return ""


def author_program(files: PackageFiles, feature: str) -> dict[str, Any]:
    """Return the files of a checker's or interactor's folder as a suite names them: with scripts, or in one language.

    Raises:
        PackageFault: they are of no known language, or of several.
    """
    if has_scripts(files):
        texts = {name: files.text(name) for name in files}
        return {"files": texts, **{script: script for script in _SCRIPTS if script in texts}}
    return program_of(files, feature)


def has_scripts(files: PackageFiles) -> bool:
    """Tell whether a program is made or started by scripts of its own."""
    return any(script in files for script in _SCRIPTS)


def program_of(files: PackageFiles, feature: str) -> dict[str, Any]:
    """Return the language and the files of a program without scripts.

    Raises:
        PackageFault: they are of no known language, or of several.
    """
    sources = [name for name in files if language_of(name) is not None]
    spoken = {language_of(name) for name in sources}
    if spoken == {"c", "cpp"}:
        spoken = {"cpp"}
    if len(spoken) != 1:
        problem = f"has sources in {', '.join(sorted(map(str, spoken)))}" if spoken else "has no source that is known"
        raise PackageFault(f"{files.where}: {feature}: {problem}; a program is in one language, or has a build script")
    texts = {name: files.text(name) for name in _main_first(sources)}
    texts |= {name: files.text(name) for name in files if name.endswith(_HEADERS)}
    if obstacle := next(filter(None, (unoffered(name, text) for name, text in texts.items())), ""):
        raise PackageFault(f"{files.where}: {feature}: {obstacle}")
    return {"language": spoken.pop(), "files": texts}


def _main_first(sources: Iterable[str]) -> list[str]:
    """Put the file that the program starts with before the others."""
    order = {name: place for place, name in enumerate(MAIN_NAMES)}
    return sorted(sources, key=lambda name: (order.get(name, len(order)), name))
