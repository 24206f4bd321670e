"""How much of the queue jobs take: so much that no worker idles, so little that nobody waits behind them."""

from __future__ import annotations

import math

from evaluator.queueing.base import Queue

_AHEAD_S = 0.5
"""So much work of jobs lies in the queue for each worker."""
_FEWEST, _MOST = 2, 64
"""Submissions for each worker, whatever they cost."""
_NEW_SHARE = 0.05


class Pace:
    """Shared by the jobs that this process drives."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._run_s = 0.1
        """What a submission has cost lately."""
        self.sharing = 0
        """Jobs with submissions that are not in the queue yet."""
        self.ours = 0
        """Submissions of jobs in the queue."""

    def learn(self, run_s: float) -> None:
        """A submission took so long."""
        self._run_s += _NEW_SHARE * (run_s - self._run_s)

    def room(self, own: int) -> int:
        """How many submissions a job may add to its ``own`` in the queue. It is a good many, or none: the queue makes
        portions of what comes at once. While others keep the workers busy, jobs have one submission there."""
        ready = self._queue.readiness()
        workers = max(1, ready.workers_ready)
        if ready.queued - self.ours >= workers:
            return 1 if self.ours == 0 else 0
        each = min(_MOST, max(_FEWEST, math.ceil(_AHEAD_S / max(self._run_s, 1e-4))))
        share = max(1, each * workers // max(1, self.sharing))
        return share - own if own <= share // 2 else 0
