"""Size of a directory's content, for hosts that grant no file system of its own to a program."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
import time
from collections.abc import Iterator

from sandbox.kernel import beneath


class BoundedDirectory:
    """A directory that may hold so many files and bytes; looked at now and then.

    The gap: what is written between two looks, and what lies in directories that a plain user's program closed to us.
    """

    look_every_s = 0.05
    _REST_FOR_EACH_LOOK = 10
    """A look may take a tenth of the time, however many files there are."""
    _LONGEST_LOOK_S = 2.0
    """CPU time. Only directories that were made to be slow to walk take longer."""

    def __init__(self, path: str, *, max_bytes: int, max_files: int) -> None:
        self._max_bytes, self._max_files = max_bytes, max_files
        self._directory = _open_top(path)
        self._look_again = 0.0

    def close(self) -> None:
        """Let go of the directory, which stays."""
        os.close(self._directory)

    def is_over(self) -> bool:
        """Return whether it holds more than it may."""
        started = time.monotonic()
        if started < self._look_again:
            return False
        over = self._holds_more()
        now = time.monotonic()
        self._look_again = now + self._REST_FOR_EACH_LOOK * (now - started)
        return over

    def _holds_more(self) -> bool:
        files, size = 0, 0
        until = time.thread_time() + self._LONGEST_LOOK_S
        pending = ["."]
        while pending:
            path = pending.pop()
            try:
                directory = beneath.open_directory(self._directory, path)
            except OSError as error:
                if error.errno == errno.ENAMETOOLONG:
                    return True  # so deep that a path cannot name it: nobody needs that but to hide something
                continue  # removed, or closed to us, or a link by now
            with _closing(directory):
                for name, status in _entries(directory):
                    files += 1
                    size += status.st_blocks * 512
                    if files > self._max_files or size > self._max_bytes:
                        return True
                    if stat.S_ISDIR(status.st_mode):
                        pending.append(f"{path}/{name}")
            if time.thread_time() > until:
                return True
        return False


def empty(path: str) -> None:
    """Remove all that lies in a directory of ours that nobody uses any more.

    A program decides how deep it is and which modes it has, so nothing here follows its depth: what lies in a
    directory is moved up to the top before that directory is removed.

    Raises:
        OSError: something cannot be removed.
    """
    with _closing(_open_top(path)) as top:
        while names := set(os.listdir(top)):
            free = (name for name in map(str, itertools.count()) if name not in names)
            for name in names:
                if not _unlink(top, name):
                    _lift(top, name, free)


def _lift(top: int, name: str, free: Iterator[str]) -> None:
    """Remove a directory. The directories in it are moved to the top, by names that are ``free`` there."""
    with _closing(beneath.take_directory(top, name)) as directory:
        for inner in os.listdir(directory):
            if not _unlink(directory, inner):
                os.close(beneath.take_directory(directory, inner))  # to be moved, it must be one that we may change
                os.rename(inner, next(free), src_dir_fd=directory, dst_dir_fd=top)
    os.rmdir(name, dir_fd=top)


def _unlink(directory: int, name: str) -> bool:
    """Remove a file, unless it is a directory. Returns whether it is removed."""
    try:
        os.unlink(name, dir_fd=directory)
    except IsADirectoryError:
        return False
    return True


def _open_top(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _entries(directory: int) -> Iterator[tuple[str, os.stat_result]]:
    """Iterate over a directory, without what is removed meanwhile."""
    with os.scandir(directory) as entries:
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield entry.name, status


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)
