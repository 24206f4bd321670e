"""Data directories for graders and services, which begin with what compilers need and another directory has.

A compiled header takes five seconds, and as many compilations before it is made. It is the same in every directory.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

PREPARED = "prepared"
"""As ``Sandbox`` names it: beside what it keeps of compilations."""


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


def _link(source: Path, target: Path) -> None:
    """Link each file; a header comes before the compiled one, without which it does no harm."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.suffix in (".h", ".gch", ".jsa"):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.link(path, place)
