"""The files of a working directory between two runs: a tar archive, of which nothing is written to disk here."""

from __future__ import annotations

import io
import tarfile
from pathlib import PurePosixPath

ARCHIVE = ".microcoder.tar"
"""The archive's name in the working directory."""


class WorkingFiles:
    """Regular files by path, with their modes."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, int]] = {}

    def path(self, name: str) -> str:
        """Return a path relative to the working directory.

        Raises:
            PermissionError: it leads out of it.
        """
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise PermissionError(f"{name}: only files of the working directory are kept; name it by a relative path")
        return str(path)

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place.

        Raises:
            PermissionError: as of ``path``.
            IsADirectoryError: it is one.
        """
        path = self.path(name)
        if path == "." or any(each.startswith(f"{path}/") for each in self._files):
            raise IsADirectoryError(name)
        self._files[path] = (content, 0o644)

    def read(self, name: str) -> bytes:
        """Return the content of a file.

        Raises:
            FileNotFoundError: there is none.
            PermissionError: as of ``path``.
        """
        path = self.path(name)
        if path not in self._files:
            raise FileNotFoundError(name)
        return self._files[path][0]

    def packed(self) -> bytes:
        """Return all files as an archive."""
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as archive:
            for name, (content, mode) in self._files.items():
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(content), mode
                archive.addfile(member, io.BytesIO(content))
        return data.getvalue()

    def unpack(self, data: bytes) -> None:
        """Take the files of an archive that a program may have written: others than regular ones, and such that lead
        out of the directory, are left out."""
        files = {}
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in archive:
                path = PurePosixPath(member.name)
                if member.isreg() and not path.is_absolute() and ".." not in path.parts:
                    content = archive.extractfile(member)
                    assert content is not None
                    files[str(path)] = (content.read(), member.mode & 0o777)
        self._files = files
