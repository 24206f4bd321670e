"""Who is next: requests take turns, so that a large one delays a small one by no more than what workers have at hand,
which is one task or two short ones; of each request the tasks that took longest before come first, so that none of them
is left to run alone at the end."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Task = TypeVar("Task")
_KNOWN = 4096
_NEW_SHARE = 0.2


class Line(Generic[Task]):
    """Tasks that wait for a worker. All methods are called from the event loop's thread."""

    def __init__(self) -> None:
        self._requests: deque[deque[Task]] = deque()
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return sum(map(len, self._requests))

    def first(self) -> Iterator[Task]:
        """The first task of every request."""
        return (request[0] for request in self._requests)

    def put(self, request: Iterable[Task], *, first: bool = False) -> None:
        """The tasks of one request, in the order in which they are to be taken; its first turn is the last, or with
        ``first`` the next."""
        tasks = deque(request)
        if not tasks:
            return
        if first:
            self._requests.appendleft(tasks)
        else:
            self._requests.append(tasks)
        self._filled.set()

    def peek(self) -> Task | None:
        """The next task, which stays."""
        return self._requests[0][0] if self._requests else None

    def take(self) -> Task:
        """The next task, of the request that has waited longest for its turn.

        Raises:
            IndexError: none waits.
        """
        request = self._requests.popleft()
        task = request.popleft()
        if request:
            self._requests.append(request)
        return task

    async def get(self) -> Task:
        """The next task, once there is one."""
        while not self._requests:
            self._filled.clear()
            await self._filled.wait()
        return self.take()


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
