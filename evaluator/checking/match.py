"""The answer of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from evaluator.harness.excerpt import excerpt

SHOWN = 80
"""Characters of a value that a reason quotes."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whether two outputs agree, by which rule if so, and in which place they differ if not."""

    accepted: bool
    rule: str | None = None
    reason: str | None = None

    @staticmethod
    @cache
    def by(rule: str) -> Match:
        """They agree by this rule."""
        return Match(accepted=True, rule=rule)

    @classmethod
    def no(cls, reason: str) -> Match:
        """They differ, and where."""
        return cls(accepted=False, reason=reason)


def shown(value: object) -> str:
    """A value as a reason quotes it: cut, and with nothing that could break a log line."""
    if not isinstance(value, bytes):
        return excerpt(value, SHOWN)
    text = value[: 4 * SHOWN].decode("utf-8", "backslashreplace")
    cut = text if len(text) <= SHOWN and len(value) <= 4 * SHOWN else text[:SHOWN] + "…"
    return cut.encode("unicode_escape").decode()
