"""Wait for what must come about, instead of sleeping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

DEADLINE_S = 60.0
"""No healthy machine comes near it."""
_FIRST_PAUSE_S, _PAUSE_FACTOR, _LONGEST_PAUSE_S = 0.01, 1.2, 0.1
"""Many conditions are requests to a service, and what is waited for needs the CPU too."""


def until(condition: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> Any:
    """Return what ``condition`` returns once that is true.

    Raises:
        AssertionError: it is not, after ``deadline_s``.
    """
    deadline = time.monotonic() + deadline_s
    pause_s = _FIRST_PAUSE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not so after {deadline_s:g} s: {what}"
        threading.Event().wait(pause_s)
        pause_s = min(pause_s * _PAUSE_FACTOR, _LONGEST_PAUSE_S)
    return value
