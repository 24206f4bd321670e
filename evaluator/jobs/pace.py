"""The share of the queue that jobs take: enough that no worker idles, and so little that nobody waits behind them."""

from __future__ import annotations

import math

from evaluator.queueing.base import Queue

_AHEAD_S = 0.5
"""Seconds of jobs' work in the queue for each worker."""
_FEWEST, _MOST = 2, 64
"""The fewest and most submissions of jobs in the queue for each worker, whatever they cost."""
_NEW_SHARE = 0.05


class Pace:
    """The jobs' share of the queue, divided among the jobs that this process runs."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._run_s = 0.1
        """Seconds that a submission takes: a moving average."""
        self.sharing = 0
        """The number of jobs that this process runs."""
        self.ours = 0
        """The number of jobs' submissions in the queue."""

    def learn(self, run_s: float) -> None:
        """Count the seconds of one more submission."""
        self._run_s += _NEW_SHARE * (run_s - self._run_s)

    def room(self, own: int) -> int:
        """Return the number of submissions that a job may add to its ``own`` in the queue: a good many or none, since
        the queue makes chunks of submissions that arrive together. While other clients keep the workers busy, all jobs
        together have one submission in the queue."""
        ready = self._queue.readiness()
        workers = max(1, ready.workers_ready)
        if ready.queued - self.ours >= workers:
            return 1 if self.ours == 0 else 0
        each = min(_MOST, max(_FEWEST, math.ceil(_AHEAD_S / max(self._run_s, 1e-4))))
        share = max(1, each * workers // max(1, self.sharing))
        return share - own if own <= share // 2 else 0
