"""How much lies in a directory, for hosts that grant no file system of its own to a program."""

from __future__ import annotations

import errno
import itertools
import os
import stat
import time


class BoundedDirectory:
    """A directory that may hold so many files and bytes; looked at now and then.

    The gap: what is written between two looks, and what lies in directories that a plain user's program closed to us.
    """

    look_every_s = 0.05
    _REST_FOR_EACH_LOOK = 10
    """A look may take a tenth of the time, however many files there are."""

    def __init__(self, path: str, *, max_bytes: int, max_files: int) -> None:
        self._path, self._max_bytes, self._max_files = path, max_bytes, max_files
        self._look_again = 0.0

    def is_over(self) -> bool:
        """Whether it holds more than it may."""
        started = time.monotonic()
        if started < self._look_again:
            return False
        over = self._holds_more()
        now = time.monotonic()
        self._look_again = now + self._REST_FOR_EACH_LOOK * (now - started)
        return over

    def _holds_more(self) -> bool:
        files, size = 0, 0
        pending = [self._path]
        while pending:
            try:
                with os.scandir(pending.pop()) as entries:
                    for entry in entries:
                        files += 1
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if files > self._max_files or size > self._max_bytes:
                            return True
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(entry.path)
            except OSError as error:
                if error.errno == errno.ENAMETOOLONG:
                    return True  # so deep that a path cannot name it: nobody needs that but to hide something
                continue  # removed, or closed to us, while we looked
        return False


def empty(directory: str) -> None:
    """Remove all that lies in a directory that nobody uses any more.

    A program decides how deep it is and which modes it has, so nothing here follows its depth: what lies in a
    directory is moved up to the top before that directory is removed.

    Raises:
        OSError: something cannot be removed.
    """
    numbers = itertools.count()
    while names := os.listdir(directory):
        for name in names:
            path = f"{directory}/{name}"
            if not _opened(path):
                os.unlink(path)
                continue
            for inner in os.listdir(path):
                if _opened(f"{path}/{inner}"):
                    free = next(n for n in numbers if not os.path.lexists(f"{directory}/{n}"))
                    os.rename(f"{path}/{inner}", f"{directory}/{free}")
                else:
                    os.unlink(f"{path}/{inner}")
            os.rmdir(path)


def _opened(path: str) -> bool:
    """Whether it is a directory; then it is made one that we may change."""
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        return False
    os.chmod(path, 0o700)
    return True
