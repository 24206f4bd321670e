"""Writing of a run's files: completely or not at all, with errors that name the file."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class RunError(Exception):
    """A run cannot go on; the message says why and what to do. Completed work is kept."""


class DiskFull(RunError):
    """The disk has no room for a run's files."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} could not be written: {error.strerror}. Make room and run the same command again: it goes on "
            "after the last problem that was written"
        )


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the errors of a full disk, a quota or a limit of file sizes into ``DiskFull``.

    Raises:
        DiskFull: there was no room.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(path, error) from error
        raise


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that readers find either the old content or the new one, even after a kill or a power cut.

    Raises:
        DiskFull: there was no room.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    with disk_errors(path):
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder, which replaces ``folder`` if the block succeeds.

    Raises:
        DiskFull: there was no room.
    """
    temporary, old = (folder.with_name(f".{folder.name}.{end}") for end in ("new", "old"))
    for stale in (temporary, old):
        shutil.rmtree(stale, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        with disk_errors(folder):
            yield temporary
        if folder.exists():
            folder.rename(old)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Lock a run's folder against other processes.

    Raises:
        RunError: another process has locked it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"{folder}: another process works in this folder; wait for it, or choose another folder with run="
            ) from None
        yield


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
