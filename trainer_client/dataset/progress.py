"""The display of a run's progress."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by the pipeline, from its main thread."""

    def begin(self, stage: str, total: int | None, done: int) -> None:
        """A stage begins; ``done`` of its ``total`` problems are in the journal already. A total may be unknown."""

    def advance(self, rejected: int) -> None:
        """A problem is done; ``rejected`` is 1 where it goes no further."""

    def end(self, stage: str, problems_out: int, rejected: int) -> None:
        """A stage is complete. Also said of stages that were so before."""


class Silence:
    """Nobody looks."""

    def begin(self, stage: str, total: int | None, done: int) -> None:
        """As of ``Progress``."""

    def advance(self, rejected: int) -> None:
        """As of ``Progress``."""

    def end(self, stage: str, problems_out: int, rejected: int) -> None:
        """As of ``Progress``."""
