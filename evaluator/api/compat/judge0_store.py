"""Judge0's submissions, kept in memory for a while."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from evaluator.api.compat.judge0_wire import Judge0Submission, Result, Status
from sandbox.limits import MIB

KEPT_S = 3600.0
KEPT_SUBMISSIONS = 20_000
KEPT_BYTES = 256 * MIB


@dataclass(eq=False)
class SubmissionEntry:
    """A submission and how it goes. Texts of ``submission`` are as they were after base64 was taken off."""

    submission: Judge0Submission
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    since: float = field(default_factory=time.monotonic)
    result: Result = field(default_factory=Result)
    work: asyncio.Task[None] | None = None

    @property
    def done(self) -> bool:
        return self.result.status not in (Status.IN_QUEUE, Status.PROCESSING)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        submission, result = self.submission, self.result
        texts = (submission.source_code, submission.stdin, submission.expected_output, submission.additional_files)
        outputs = (result.stdout, result.stderr, result.compile_output)
        return sum(len(text) for text in texts if text) + sum(len(output) for output in outputs if output)


class Submissions:
    """Submissions by their tokens. What is done is forgotten after ``KEPT_S`` seconds, or sooner, oldest first, where
    there are too many or they take too much; what is not done is not."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, SubmissionEntry] = OrderedDict()
        self._bytes = 0

    def add(self, entry: SubmissionEntry) -> None:
        self._entries[entry.token] = entry
        self._bytes += entry.size

    def get(self, token: str) -> SubmissionEntry | None:
        self._forget_old()
        return self._entries.get(token)

    def settle(self, entry: SubmissionEntry, result: Result) -> None:
        """A submission's state and result."""
        before = entry.size
        entry.result = result
        if entry.token in self._entries:
            self._bytes += entry.size - before
        self._forget_old()

    def remove(self, entry: SubmissionEntry) -> None:
        if self._entries.pop(entry.token, None) is not None:
            self._bytes -= entry.size

    def _forget_old(self) -> None:
        oldest = time.monotonic() - KEPT_S
        count, size, due = len(self._entries), self._bytes, []
        for entry in self._entries.values():
            if entry.since > oldest and count <= KEPT_SUBMISSIONS and size <= KEPT_BYTES:
                break
            if entry.done:
                due.append(entry)
                count, size = count - 1, size - entry.size
        for entry in due:
            self.remove(entry)
