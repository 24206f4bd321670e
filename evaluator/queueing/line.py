"""Who is next: senders share the workers' time, and the requests of each take turns, so that neither a large request
nor a sender of slow programs delays others by more than what workers have at hand, which is one task or two short ones.
Of each request the tasks that took longest before come first, so that none of them is left to run alone at the end.

Next is the sender that has had least of the workers' time, as in start-time fair queueing (Goyal, Vin and Cheng, 1996):
one that had nothing waiting for a while begins where the others are, so that nobody saves up time.
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


class Line(Generic[Task]):
    """Tasks that wait for a worker. All methods are called from the event loop's thread."""

    def __init__(self) -> None:
        self._requests: dict[str, deque[deque[Task]]] = {}
        """Of the senders that have any waiting; of those that have had as much, the first is next."""
        self._had_s: dict[str, float] = {}
        """The workers' time of each sender. What others had when it came is counted as its own."""
        self._least_s = 0.0
        """What the sender had whose task was taken last."""
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return sum(map(len, chain.from_iterable(self._requests.values())))

    def first(self) -> Iterator[Task]:
        """The first task of every request."""
        return (request[0] for request in chain.from_iterable(self._requests.values()))

    def put(self, request: Iterable[Task], *, sender: str = "", first: bool = False) -> None:
        """The tasks of one request, in the order in which they are to be taken; its first turn is its sender's last,
        or with ``first`` the next."""
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
        """A task of that sender takes so long, or took so much longer than was charged before."""
        self._had_s[sender] = max(self._had_s.get(sender, 0.0), self._least_s) + seconds
        if len(self._had_s) > _KNOWN:
            ahead = {name: had_s for name, had_s in self._had_s.items() if had_s > self._least_s}
            self._had_s = ahead | {name: self._had_s[name] for name in self._requests}

    def peek(self) -> Task | None:
        """The next task, which stays."""
        return self._requests[self._next()][0][0] if self._requests else None

    def take(self) -> Task:
        """The next task, of the request of its sender that has waited longest for its turn.

        Raises:
            IndexError: none waits.
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
        """The next task, once there is one."""
        while not self._requests:
            self._filled.clear()
            await self._filled.wait()
        return self.take()

    def _next(self) -> str:
        return min(self._requests, key=self._had_s.__getitem__)


class Costs:
    """How long a submission to a suite takes, by those before it."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()

    def learn(self, suite_id: str | None, seconds: float) -> None:
        """A submission took so long."""
        if suite_id is None:
            return
        before = self._seconds.pop(suite_id, seconds)
        self._seconds[suite_id] = before + _NEW_SHARE * (seconds - before)
        if len(self._seconds) > _KNOWN:
            self._seconds.popitem(last=False)

    def of(self, suite_id: str | None, otherwise: float) -> float:
        """What a submission to that suite may take, in seconds."""
        return otherwise if suite_id is None else self._seconds.get(suite_id, otherwise)
