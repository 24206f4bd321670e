"""Suites travel once: under their hash, before the first submission that names it."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from evaluator.schema import Suite
from trainer_client.errors import EvaluatorError, RequestRefused
from trainer_client.retry import Backoff, retry

if TYPE_CHECKING:
    from trainer_client.exchange import Exchange

_WORTH_ASKING_BYTES = 16 * 1024
"""A smaller suite is sent without asking first whether it is there: that takes as long."""
_CONCURRENT = 8


class SuiteNames:
    """Ids of suites, kept for as long as those are: they are graded many times, and hashing a large one takes long."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def of(self, suite: Suite) -> str:
        """``sha256:...``"""
        name = self._names.get(id(suite))
        if name is None:
            name = self._names[id(suite)] = suite.id
            weakref.finalize(suite, self._names.pop, id(suite)).atexit = False
        return name


class Uploads:
    """The suites that are known to be stored at the service."""

    def __init__(self, exchange: Exchange, patience_s: float) -> None:
        self._exchange = exchange
        self._patience_s = patience_s
        self._stored: set[str] = set()
        self._uploading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(_CONCURRENT)

    async def ensure(self, suites: Mapping[str, Suite]) -> None:
        """Have every suite stored, each sent by one of those who need it.

        Raises:
            Unreachable, RequestRefused
        """
        absent = [(name, suite) for name, suite in suites.items() if name not in self._stored]
        if len(absent) == 1:
            await self._store(*absent[0])
        elif absent:
            try:
                async with asyncio.TaskGroup() as group:
                    for name, suite in absent:
                        group.create_task(self._store(name, suite))
            except* EvaluatorError as failed:
                raise failed.exceptions[0] from None

    def forget(self, names: Mapping[str, Suite]) -> None:
        """The service says that it lacks one of these: it was started anew, or has thrown suites away."""
        self._stored.difference_update(names)

    async def _store(self, name: str, suite: Suite) -> None:
        lock = self._uploading.get(name)
        if lock is None:
            lock = self._uploading[name] = asyncio.Lock()
        async with lock, self._slots:
            if name not in self._stored:
                await retry(lambda: self._send(name, suite), Backoff(self._patience_s))
                self._stored.add(name)

    async def _send(self, name: str, suite: Suite) -> None:
        path, body = f"/v1/suites/{name.removeprefix('sha256:')}", suite.canonical()
        if len(body) > _WORTH_ASKING_BYTES:
            try:
                await self._exchange.send("HEAD", path)
                return
            except RequestRefused as refused:
                if refused.status != 404:
                    raise
        await self._exchange.send("PUT", path, body)
