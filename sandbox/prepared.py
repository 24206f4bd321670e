"""Files made beforehand for compilers: a header most of whose work is done (GCC manual, 3.22), the classes of a
compiler that is a Java program (JEP 350)."""

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
from sandbox.toolchain import Language, Preparation

_MAX_PREPARED = 8
_PLACEHOLDER = "{prepared}"
_NO_DIRECTORY = "/nonexistent"
_REQUESTS_UNTIL_MADE = 4
"""Programs that ask for something before it is made: making it takes as long as two or three of them."""


class Prepared:
    """A directory of such things, shared by processes and shown to compilers.

    A compiler takes one only where it is sure that a program means the same with it, and goes without otherwise; so
    nothing is lost where there is none yet, or none can be read.
    """

    def __init__(self, directory: Path, *, seen: bool) -> None:
        """Prepare in a directory that compilers see. Unless it is ``seen``, nothing is made."""
        self._directory, self._seen = directory, seen
        self._requests: Counter[str] = Counter()

    def command(
        self, language: Language, version: str, source: bytes, make: Callable[[Preparation], bytes | None]
    ) -> tuple[str, ...]:
        """The command that compiles a source, told where to look for what is prepared. ``make`` makes it for a compiler
        of that version; None: it cannot be had."""
        preparation = language.prepare
        if preparation is None:
            return language.compile
        if not self._seen:
            return _looking_in(_NO_DIRECTORY, language.compile)
        directory = self._directory / HashStore.key(version, *preparation.parts)
        if preparation.asked_by.encode() in source:
            self._requests[language.name] += 1
            if self._requests[language.name] == _REQUESTS_UNTIL_MADE:
                self._make(directory, preparation, make)
        return _looking_in(str(directory), language.compile)

    def _make(self, directory: Path, preparation: Preparation, make: Callable[[Preparation], bytes | None]) -> None:
        """Make what is missing, once: it is there for all processes, or cannot be had."""
        file = directory / preparation.file
        with self._alone() as alone:
            if alone and not file.exists() and (data := make(preparation)) is not None:
                self._make_room()
                for name, text in preparation.beside.items():
                    _place(directory / name, text.encode())
                _place(file, data)

    def _make_room(self) -> None:
        """Remove the oldest, so that those of compilers that are gone go in time."""
        directories = sorted(
            (path for path in self._directory.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
        )
        for path in directories[: 1 - _MAX_PREPARED]:
            shutil.rmtree(path)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """Yield whether no other process is at it. The lock lies beside the directory: a program that could open it
        could keep it locked."""
        lock = os.open(f"{self._directory}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(lock)


def _looking_in(place: str, command: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.replace(_PLACEHOLDER, place) for part in command)


def _place(path: Path, data: bytes) -> None:
    """Readers see all of it or nothing, also after a power cut: a JVM dies of half an archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
