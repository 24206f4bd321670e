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
class Kept:
    """A submission and how it goes. Texts of ``asked`` are as they were after base64 was taken off."""

    asked: Judge0Submission
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
        asked, result = self.asked, self.result
        texts = (asked.source_code, asked.stdin, asked.expected_output, asked.additional_files)
        outputs = (result.stdout, result.stderr, result.compile_output)
        return sum(len(text) for text in texts if text) + sum(len(output) for output in outputs if output)


class Submissions:
    """By token. What is done is forgotten after ``KEPT_S`` seconds, or sooner, oldest first, where there are too many
    or they take too much; what is not done is not."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def add(self, kept: Kept) -> None:
        self._kept[kept.token] = kept
        self._bytes += kept.size

    def get(self, token: str) -> Kept | None:
        self._forget_old()
        return self._kept.get(token)

    def settle(self, kept: Kept, result: Result) -> None:
        """A submission's state and result."""
        before = kept.size
        kept.result = result
        if kept.token in self._kept:
            self._bytes += kept.size - before
        self._forget_old()

    def remove(self, kept: Kept) -> None:
        if self._kept.pop(kept.token, None) is not None:
            self._bytes -= kept.size

    def _forget_old(self) -> None:
        oldest = time.monotonic() - KEPT_S
        count, size, due = len(self._kept), self._bytes, []
        for kept in self._kept.values():
            if kept.since > oldest and count <= KEPT_SUBMISSIONS and size <= KEPT_BYTES:
                break
            if kept.done:
                due.append(kept)
                count, size = count - 1, size - kept.size
        for kept in due:
            self.remove(kept)
