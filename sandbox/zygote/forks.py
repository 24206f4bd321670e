"""The zygote's forks, without what threading does after each: to be imported before threading is.

``threading`` makes its locks and its list of threads anew in every child, which touches a hundred pages that the child
must copy first. A fork of a process with one thread, and no lock held, finds all that as it should be; so only forks by
a program, which may have threads, do it.
"""

from __future__ import annotations

import os
import sys
from typing import Any

_register = os.register_at_fork
if "threading" not in sys.modules:  # else it is registered already, and runs always
    os.register_at_fork = lambda **_: None
import threading  # noqa: E402  (only now)

_left_out = os.register_at_fork is not _register
os.register_at_fork = _register
_ours = False


def fork() -> int:
    """``os.fork``, by a process with a single thread."""
    global _ours
    _ours = True
    try:
        return os.fork()
    finally:
        _ours = False


def _after_in_child() -> None:
    if not _ours:
        of_threads: Any = threading
        of_threads._after_fork()


if _left_out:
    os.register_at_fork(after_in_child=_after_in_child)
