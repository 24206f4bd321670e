"""The display of a run's progress."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """The receiver of a pipeline's progress. Its methods are called from the pipeline's main thread."""

    def begin(self, stage: str, total: int | None, done: int) -> None:
        """Begin a stage. ``done`` of its ``total`` problems are in the journal already; ``total`` may be unknown."""

    def advance(self, rejected: int) -> None:
        """Count one more problem that is done; ``rejected`` is 1 if it was rejected."""

    def end(self, stage: str, problems_out: int, rejected: int) -> None:
        """End a stage. Called for stages of earlier runs too."""


class Silence:
    """A ``Progress`` that shows nothing."""

    def begin(self, stage: str, total: int | None, done: int) -> None:
        """As of ``Progress``."""

    def advance(self, rejected: int) -> None:
        """As of ``Progress``."""

    def end(self, stage: str, problems_out: int, rejected: int) -> None:
        """As of ``Progress``."""
