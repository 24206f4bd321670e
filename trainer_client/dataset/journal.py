"""The journal of a stage: one line for each problem, which is on disk before the problem counts as done."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Self

from trainer_client.dataset.files import RunError, disk_errors
from trainer_client.dataset.row import write_canonical

COMPACT_BYTES = 1 << 26
"""Bytes from which on a journal is compacted. Smaller ones keep the outcomes of earlier settings, for runs that go back
to those."""


class KeyedJournal:
    """A JSONL file of values by key. Only the keys and the offsets of their lines are in memory. An incomplete last
    line, as a kill leaves it, is removed. Safe to use from several threads.

    Raises:
        RunError: a line is not of this form.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = Lock()
        self._file = path.open("a+b", buffering=0)
        self._offsets: dict[bytes, int] = {}
        self._end = 0
        self._scan()

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._offsets

    def __len__(self) -> int:
        return len(self._offsets)

    def get(self, key: str) -> Any:
        """Return the value of a key, None if there is none."""
        offset = self._offsets.get(bytes.fromhex(key))
        return None if offset is None else self.at(offset)["value"]

    def offset(self, key: str) -> int:
        """Return the offset at which the line of a key begins.

        Raises:
            KeyError: there is no such line.
        """
        return self._offsets[bytes.fromhex(key)]

    def at(self, offset: int) -> Mapping[str, Any]:
        """Return the line that begins at an offset."""
        with self._lock:
            self._file.seek(offset)
            line = self._line()
        return _parsed(line, self.path, offset)

    def write(self, key: str, value: Any) -> None:
        """Append a line.

        Raises:
            DiskFull: there was no room. The journal is unchanged.
        """
        line = write_canonical({"key": key, "value": value}) + b"\n"
        with self._lock, disk_errors(self.path):
            try:
                _write_all(self._file, line)
            except OSError:
                self._file.truncate(self._end)
                raise
            self._offsets[bytes.fromhex(key)] = self._end
            self._end += len(line)

    def compact(self, keys: Collection[str], least_bytes: int = COMPACT_BYTES) -> bool:
        """Drop the lines of other keys, if they are more than half of a file of at least ``least_bytes``. This makes
        earlier offsets invalid. The file is replaced as a whole; if there is no room for a second one, it stays as it
        is. Return True if it was replaced."""
        offsets = sorted({self._offsets[bytes.fromhex(each)] for each in keys})
        if self._end < least_bytes:
            return False
        with self._lock:
            live = sum(self._line_bytes(offset) for offset in offsets)
            if 2 * live > self._end:
                return False
            return self._replaced(offsets)

    def _replaced(self, offsets: Sequence[int]) -> bool:
        """Write the lines at these offsets to a new file, which replaces this one."""
        fresh = self.path.with_suffix(".compact")
        try:
            with fresh.open("wb") as file:
                for offset in offsets:
                    self._file.seek(offset)
                    file.write(self._line() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            fresh.unlink(missing_ok=True)
            return False
        self._file.close()
        fresh.replace(self.path)
        self._file = self.path.open("a+b", buffering=0)
        self._offsets, self._end = {}, 0
        self._scan()
        return True

    def _line_bytes(self, offset: int) -> int:
        self._file.seek(offset)
        return len(self._line()) + 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _scan(self) -> None:
        with self.path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._offsets[_key(line, self.path, self._end)] = self._end
                self._end += len(line)
        self._file.truncate(self._end)

    def _line(self) -> bytes:
        blocks: list[bytes] = []
        while block := self._file.read(1 << 16):
            head, newline, _ = block.partition(b"\n")
            blocks.append(head)
            if newline:
                break
        return b"".join(blocks)


_KEY_START = b'{"key":"'
_KEY_END = len(_KEY_START) + 64


def _key(line: bytes, path: Path, offset: int) -> bytes:
    """Return the key of a line without parsing the rest: a journal may have gigabytes."""
    try:
        if not line.startswith(_KEY_START):
            raise ValueError
        return bytes.fromhex(line[len(_KEY_START) : _KEY_END].decode())
    except ValueError:
        raise RunError(
            f"{path}: the line at byte {offset} does not belong to a journal; move the file away to start anew"
        ) from None


def _parsed(line: bytes, path: Path, offset: int) -> Mapping[str, Any]:
    try:
        value: Mapping[str, Any] = json.loads(line)
    except ValueError as error:
        raise RunError(f"{path}: the line at byte {offset} is not JSON: {error}") from error
    return value


def _write_all(file: Any, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the complete lines of a journal, in order."""
    if not path.exists():
        return
    offset = 0
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield _parsed(line, path, offset)
            offset += len(line)
