"""A fair queue: senders share the workers' time, and the requests of each sender take turns. Neither a large request
nor a sender of slow programs delays others by more than each worker has in hand, which is one task or two short ones.

The next task comes from the sender that has had least of the workers' time, as in start-time fair queueing (Goyal, Vin
and Cheng, 1996). A sender that had nothing waiting for a while starts level with the others: idle time gives no credit.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Generic, TypeVar

Task = TypeVar("Task")
_KNOWN = 4096
_NEW_SHARE = 0.2


class FairQueue(Generic[Task]):
    """A fair queue of tasks that wait for a worker. Call all methods from the event loop's thread."""

    def __init__(self) -> None:
        self._requests: dict[str, deque[deque[Task]]] = {}
        """The waiting requests of each sender that has any. Among senders with equal time, the first is next."""
        self._had_s: dict[str, float] = {}
        """Each sender's virtual time: the workers' time that it has had, starting from the others' when it came."""
        self._least_s = 0.0
        """The virtual time of the sender whose task was taken last."""
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return sum(map(len, chain.from_iterable(self._requests.values())))

    def first(self) -> Iterator[Task]:
        """Yield the first task of every request."""
        return (request[0] for request in chain.from_iterable(self._requests.values()))

    def put(self, request: Iterable[Task], *, sender: str = "", first: bool = False) -> None:
        """Add the tasks of one request, in the order in which they are to be taken, behind the sender's other requests,
        or with ``first`` before them."""
        tasks = deque(request)
        if not tasks:
            return
        if sender not in self._requests:
            self._requests[sender] = deque()
            self._had_s[sender] = max(self._had_s.get(sender, 0.0), self._least_s)
        if first:
            self._requests[sender].appendleft(tasks)
        else:
            self._requests[sender].append(tasks)
        self._filled.set()

    def charge(self, sender: str, seconds: float) -> None:
        """Add seconds of the workers' time to what a sender has had; negative ones correct an earlier estimate."""
        self._had_s[sender] = max(self._had_s.get(sender, 0.0), self._least_s) + seconds
        if len(self._had_s) > _KNOWN:
            ahead = {name: had_s for name, had_s in self._had_s.items() if had_s > self._least_s}
            self._had_s = ahead | {name: self._had_s[name] for name in self._requests}

    def peek(self) -> Task | None:
        """Return the next task and leave it in the queue. None if there is none."""
        return self._requests[self._next()][0][0] if self._requests else None

    def take(self) -> Task:
        """Remove and return the next task: of the next sender, from the request that has waited longest for its turn.

        Raises:
            IndexError: no task waits.
        """
        if not self._requests:
            raise IndexError("no task waits")
        sender = self._next()
        self._least_s = self._had_s[sender]
        requests = self._requests.pop(sender)
        request = requests.popleft()
        task = request.popleft()
        if request:
            requests.append(request)
        if requests:
            self._requests[sender] = requests
        return task

    async def get(self) -> Task:
        """Wait for a task, then remove and return the next one."""
        while not self._requests:
            self._filled.clear()
            await self._filled.wait()
        return self.take()

    def _next(self) -> str:
        return min(self._requests, key=self._had_s.__getitem__)


class Costs:
    """Estimates of the seconds that a submission to each suite takes: moving averages."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()

    def learn(self, suite_id: str | None, seconds: float) -> None:
        """Count the seconds of one more submission to a suite."""
        if suite_id is None:
            return
        before = self._seconds.pop(suite_id, seconds)
        self._seconds[suite_id] = before + _NEW_SHARE * (seconds - before)
        if len(self._seconds) > _KNOWN:
            self._seconds.popitem(last=False)

    def of(self, suite_id: str | None, otherwise: float) -> float:
        """Return the estimate for a suite in seconds, or ``otherwise`` if there is none."""
        return otherwise if suite_id is None else self._seconds.get(suite_id, otherwise)
