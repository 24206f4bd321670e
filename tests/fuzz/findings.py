"""What a fuzzer tells when its time is over."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """How many inputs it tried, what it found wrong (each one with what shows it), and what else is to be said."""

    executions: int
    findings: list[str]
    note: str
