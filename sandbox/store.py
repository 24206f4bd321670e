"""Files kept on disk by the hash of what they are, or of what made them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path


class HashStore:
    """A bounded directory of files named by content hash; shared by processes.

    ``max_bytes`` is checked once in a while, sooner where files are large; the least recently used files go first.
    """

    _WRITES_BETWEEN_CHECKS = 64
    _CHECKS_A_STORE = 8
    """The least number of checks while as much is written as the store may hold."""

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._directory, self._max_bytes = directory, max_bytes
        self._writes = self._written_bytes = 0
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    @staticmethod
    def key(*parts: str) -> str:
        """The name of what is made from ``parts`` (compiler, command, source)."""
        digest = hashlib.sha256()
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "little") + data)
        return digest.hexdigest()

    def get(self, key: str) -> bytes | None:
        """The file of that name, marked as used now."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        return data

    def touch(self, key: str) -> bool:
        """Return whether there is such a file; if so it is marked as used now."""
        try:
            os.utime(self._path(key))
        except FileNotFoundError:
            return False
        return True

    def version(self, key: str) -> int | None:
        """Return a number that changes when the file is put anew; None if there is no such file."""
        try:
            return os.stat(self._path(key)).st_ino
        except FileNotFoundError:
            return None

    def put(self, key: str, data: bytes) -> None:
        """Keep a file; readers see all of it or nothing, but after a power cut."""
        path = self._path(key)
        path.parent.mkdir(exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=self._directory)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)
            raise
        self._writes += 1
        self._written_bytes += len(data)
        many = self._writes >= self._WRITES_BETWEEN_CHECKS
        if many or self._written_bytes * self._CHECKS_A_STORE > self._max_bytes:
            self._writes = self._written_bytes = 0
            self._evict()

    def _path(self, key: str) -> Path:
        return self._directory / key[:2] / key[2:]

    def _evict(self) -> None:
        files = []
        for path in self._directory.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # another process evicts too
                status = path.stat()
                files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size
