"""How much lies in a directory, for hosts that grant no file system of its own to a program."""

from __future__ import annotations

import os
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
            except OSError:
                continue  # removed, or closed to us, while we looked
        return False
