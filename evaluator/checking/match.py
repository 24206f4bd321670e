"""The result of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from evaluator.harness.excerpt import excerpt

SHOWN = 80
"""Characters of a value that a reason quotes."""


@dataclass(frozen=True, slots=True)
class Match:
    """The result of a comparison: the rule by which two outputs agree, or the first place where they differ."""

    accepted: bool
    rule: str | None = None
    reason: str | None = None
    points: float = 0.0
    """Of a mismatch, the share of the test's weight that a checker gives for it."""

    @staticmethod
    @cache
    def by(rule: str) -> Match:
        """Return a match by this rule."""
        return Match(accepted=True, rule=rule)

    @classmethod
    def no(cls, reason: str) -> Match:
        """Return a mismatch; the reason says where the outputs differ."""
        return cls(accepted=False, reason=reason)


def shown(value: object) -> str:
    """Quote a value for a reason: shortened, and without characters that break a log line."""
    if not isinstance(value, bytes):
        return excerpt(value, SHOWN)
    text = value[: 4 * SHOWN].decode("utf-8", "backslashreplace")
    cut = text if len(text) <= SHOWN and len(value) <= 4 * SHOWN else text[:SHOWN] + "…"
    return cut.encode("unicode_escape").decode()
