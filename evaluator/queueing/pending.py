"""Tasks that wait for their answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from evaluator.queueing.messages import ForeignTask, Task


@dataclass(eq=False)
class PendingTask:
    """A task in the queue, with the future that gets its answer."""

    task: Task | ForeignTask
    answer: asyncio.Future[Any]
    since: float
    request_id: str | None
    beside: int
    """The number of tasks in its request."""
    attempts: int = 0
    """Attempts that failed: the number of workers that it has ended."""
    written_answer: bytes = b""
    """The worker's answer as it was written."""
    charged_s: float = 0.0
    """Seconds of the workers' time that its sender is charged for it so far."""

    @property
    def own_task(self) -> Task:
        """The task, which came to this process from a client."""
        assert not isinstance(self.task, ForeignTask)
        return self.task

    def resolve(self, value: object) -> None:
        """Answer the task, unless it is answered or nobody waits for it any more."""
        if not self.answer.done():
            self.answer.set_result(value)

    def fail(self, error: Exception) -> None:
        """Answer the task with an error, unless it is answered or nobody waits for it any more."""
        if not self.answer.done():
            self.answer.set_exception(error)
