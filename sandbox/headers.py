"""Headers compiled beforehand, for languages whose programs include most of the library (GCC manual, 3.22)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.store import HashStore
from sandbox.toolchain import Language

_KEPT = 4
_PLACE = "{headers}"
_WORTH = 4
"""So many programs ask for a header before it is compiled: that takes as long as three of them."""


class Headers:
    """A directory of them, shared by processes and shown to compilers.

    A compiler takes such a header only where it is sure to mean the same as the source, and reads the source
    otherwise; so nothing is lost where there is none yet, or none can be read.
    """

    def __init__(self, directory: Path, *, seen: bool) -> None:
        """Where compilers do not see the directory none are made."""
        self._directory, self._seen = directory, seen
        self._asked: Counter[str] = Counter()

    def command(
        self, language: Language, version: str, source: bytes, make: Callable[[], bytes | None]
    ) -> tuple[str, ...]:
        """The command that compiles a source, told where to look first for headers. ``make`` compiles the language's,
        for a compiler of that version."""
        if not self._seen:
            return tuple(part for part in language.compile if _PLACE not in part)
        directory = self._directory / HashStore.key(*language.precompile, version)
        if language.header and language.header.encode() in source:
            self._asked[language.name] += 1
            if self._asked[language.name] == _WORTH:
                self._make(directory / f"{language.header}.gch", make)
        return tuple(part.replace(_PLACE, str(directory)) for part in language.compile)

    def _make(self, compiled: Path, make: Callable[[], bytes | None]) -> None:
        """Once; it is there for all processes, or cannot be had."""
        with self._alone() as alone:
            if alone and not compiled.exists() and (data := make()) is not None:
                self._make_room()
                _place(compiled, data)

    def _make_room(self) -> None:
        """Those of compilers that are no longer there go in time."""
        made = sorted(
            (path for path in self._directory.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
        )
        for path in made[: 1 - _KEPT]:
            shutil.rmtree(path)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process is at it."""
        lock = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(lock)


def _place(path: Path, data: bytes) -> None:
    """Readers see all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
