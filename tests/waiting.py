"""Wait for what must come about, instead of sleeping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

DEADLINE_S = 60.0
"""No healthy machine comes near it."""


def until(condition: Callable[[], Any], what: str) -> Any:
    """Return what ``condition`` returns once that is true.

    Raises:
        AssertionError: it is not, after ``DEADLINE_S``.
    """
    deadline = time.monotonic() + DEADLINE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not so after {DEADLINE_S:g} s: {what}"
        threading.Event().wait(0.01)
    return value
