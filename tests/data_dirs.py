"""Data directories for graders and services, which begin with what compilers need and another directory has.

A compiled header takes five seconds, and a program that lacks it two. It is the same in every directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import Language, languages, probe, python_runtime

PREPARED = "prepared"
"""As ``Sandbox`` names it: beside what it keeps of compilations."""
_BEFOREHAND = ("cpp", "java")
_CPP = "// bits/stdc++.h\nint main() {{ return {}; }}"
_PROGRAMS = {
    "cpp": _CPP,
    "cpp17": _CPP,
    "java": "class Main {{ public static void main(String[] a) {{ System.exit({}); }} }}",
}
"""Programs that ask for what is prepared, by their text, and are compiled quickly without."""
_REQUESTS = 4
"""As ``sandbox.prepared`` has it: so many ask before it is made."""


class DataDirs:
    """Makes directories. ``shared`` is one for all processes of the test session."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._made: list[Path] = []

    def fill(self, directory: Path) -> Path:
        """Link the files that directories before this one have come to have. Returns the directory."""
        for before in self._made:
            _link(before / PREPARED, self._shared)
        _link(self._shared, directory / PREPARED)
        return self.lend(directory)

    def lend(self, directory: Path) -> Path:
        """Let later directories have what this one comes to have. Returns it."""
        self._made.append(directory)
        return directory


def make_beforehand(directory: Path) -> Path:
    """Make what compilers want in ``directory``, once for all processes of the test session. Returns where it is."""
    directory.mkdir(exist_ok=True)
    with open(f"{directory}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / PREPARED).exists():
            sandbox = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=directory / "compiled")
            for name in _BEFOREHAND:
                if probe(language := languages()[name], "") is not None:
                    ask_for_it(sandbox, language)
            sandbox.close()
    return directory / PREPARED


def ask_for_it(sandbox: Sandbox, language: Language) -> None:
    """Have a sandbox compile so many programs that it makes what the compiler of their language wants."""
    for number in range(_REQUESTS):
        with sandbox.build(language, _PROGRAMS[language.name].format(number).encode(), RunLimits()):
            pass


def _link(source: Path, target: Path) -> None:
    """Link each file; a header comes before the compiled one, without which it does no harm."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.suffix in (".h", ".gch", ".jsa"):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.link(path, place)
