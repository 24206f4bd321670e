"""The files of a problem package: of a directory, or of a zip archive, which is never unpacked.

A package is a stranger's. Nothing outside of it is read, whatever its links and names say, and nothing without bound.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

MAX_FILE_BYTES = 256 << 20
MAX_READ_BYTES = 2 << 30
"""Bytes of all files of a package that are read."""
MAX_FILES = 50_000
_UNREAD_FOLDERS = re.compile(
    r"(input|answer)(_format)?_validators?|(input|output)_visualizer\w*|generators|attachments"
)
"""Folders of ICPC packages that say nothing of how a submission is judged. Authors link to headers that they share."""
_ARCHIVES = (".zip", ".kpp")
_ENCRYPTED = 1
_MODE_SHIFT = 16
"""A zip entry's external attributes have Unix's mode in their upper half."""


class PackageFault(Exception):
    """A package cannot become a suite. The message names the file and the feature."""


@dataclass(slots=True)
class PackageFiles:
    """The regular files of a package, by their paths in it, in order."""

    where: str
    readers: Mapping[str, Callable[[], bytes]]
    spent: list[int] = field(default_factory=lambda: [0])

    def __contains__(self, name: str) -> bool:
        return name in self.readers

    def __iter__(self) -> Iterator[str]:
        return iter(self.readers)

    def below(self, folder: str) -> PackageFiles:
        """Return the files of a folder, by their paths in it."""
        prefix = f"{folder}/"
        readers = {name.removeprefix(prefix): read for name, read in self.readers.items() if name.startswith(prefix)}
        return PackageFiles(f"{self.where}/{folder}", readers, self.spent)

    def folders(self) -> list[str]:
        """Return the names of the folders directly in this one."""
        return sorted({name.partition("/")[0] for name in self.readers if "/" in name})

    def direct(self) -> list[str]:
        """Return the names of the files directly in this folder."""
        return [name for name in self.readers if "/" not in name]

    def read(self, name: str) -> bytes:
        """Return a file's content.

        Raises:
            PackageFault: it is not there, too large, or damaged.
        """
        if name not in self.readers:
            raise PackageFault(f"{self.where}/{name}: this file is missing")
        try:
            data = self.readers[name]()
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise PackageFault(f"{self.where}/{name}: cannot be read: {error}") from error
        self.spent[0] += len(data)
        if len(data) > MAX_FILE_BYTES or self.spent[0] > MAX_READ_BYTES:
            limit = f"a file may have {MAX_FILE_BYTES >> 20} MiB, all that is read {MAX_READ_BYTES >> 20} MiB"
            raise PackageFault(f"{self.where}/{name}: is too large: {limit}")
        return data

    def text(self, name: str) -> str:
        """Return a file's text.

        Raises:
            PackageFault: as ``read``, or it is not UTF-8.
        """
        try:
            return self.read(name).decode()
        except UnicodeDecodeError as error:
            raise PackageFault(f"{self.where}/{name}: is not UTF-8 text") from error


def open_package(path: Path) -> PackageFiles:
    """Return the files of a directory or of a zip archive.

    Raises:
        PackageFault: a link or a name leads out of it, or it has too many files.
    """
    if path.is_dir():
        return PackageFiles(path.name, dict(sorted(_of_directory(path))))
    if path.is_file() and path.suffix.lower() in _ARCHIVES:
        return _without_top(archive(path, path.name))
    raise PackageFault(f"{path}: is neither a directory nor a zip archive")


def archive(source: Path | IO[bytes], where: str) -> PackageFiles:
    """Return the files of a zip archive. Its names are keys, and no paths of this machine.

    Raises:
        PackageFault: it is no archive, or one of its names leads out of it.
    """
    try:
        opened = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise PackageFault(f"{where}: is no zip archive: {error}") from error
    entries = [entry for entry in opened.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise PackageFault(f"{where}: has more than {MAX_FILES} files")
    readers: dict[str, Callable[[], bytes]] = {}
    for entry in entries:
        _require_plain(entry, where)
        if entry.filename in readers:
            raise PackageFault(f"{where}: has {entry.filename!r} twice")
        readers[entry.filename] = partial(_read_entry, opened, entry)
    return PackageFiles(where, dict(sorted(readers.items())))


def _require_plain(entry: zipfile.ZipInfo, where: str) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in PurePosixPath(name).parts:
        raise PackageFault(f"{where}: the name {name!r} leads out of the archive")
    mode = entry.external_attr >> _MODE_SHIFT
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise PackageFault(f"{where}: {name!r} is a link or a device, not a file")
    if entry.flag_bits & _ENCRYPTED:
        raise PackageFault(f"{where}: {name!r} is encrypted")


def _read_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with opened.open(entry) as file:
        return file.read(MAX_FILE_BYTES + 1)


def _without_top(files: PackageFiles) -> PackageFiles:
    """Leave out the one folder that holds everything, as in archives of a directory."""
    folders = files.folders()
    return files.below(folders[0]) if len(folders) == 1 and not files.direct() else files


def _of_directory(root: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the files of a directory. Links may lead to what lies in it, as the formats allow."""
    count, real_root = 0, root.resolve()
    pending: list[tuple[Path, str, tuple[Path, ...]]] = [(root, "", (real_root,))]
    while pending:
        folder, prefix, above = pending.pop()
        for entry in sorted(os.scandir(folder), key=lambda each: each.name):
            name, path = f"{prefix}{entry.name}", Path(entry.path)
            count += 1
            if count > MAX_FILES:
                raise PackageFault(f"{root}: has more than {MAX_FILES} files")
            if entry.is_symlink() and _UNREAD_FOLDERS.fullmatch(name.partition("/")[0]):
                continue
            real = _inside(path, real_root, name)
            kind = real.stat().st_mode if real.exists() else 0
            if stat.S_ISDIR(kind):
                if real in above:
                    raise PackageFault(f"{root}/{name}: a link leads back to a folder that it lies in")
                pending.append((path, f"{name}/", (*above, real)))
            elif stat.S_ISREG(kind):
                yield name, partial(_read_file, real)
            elif not name.startswith("."):
                raise PackageFault(f"{root}/{name}: is neither a file nor a folder")


def _inside(path: Path, real_root: Path, name: str) -> Path:
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:
        raise PackageFault(f"{real_root}/{name}: a link leads nowhere: {error}") from error
    if real != real_root and real_root not in real.parents:
        raise PackageFault(f"{real_root}/{name}: a link leads out of the package")
    return real


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)
