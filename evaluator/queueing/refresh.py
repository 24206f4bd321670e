"""A look at languages on all hosts: an API process asks for it in Redis, and each pool of workers answers there.

A request is a number, one higher than the last. A pool that sees a new one looks, replaces its workers where something
has come or gone, and writes that number into its entry once all its workers are up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from redis import Redis
from redis import asyncio as aio
from redis.exceptions import RedisError

from evaluator.queueing.shared import POOLS, REFRESH, facts_key, pool_key

_POOL_KEPT_MS = 30_000
"""A pool renews its entry every second or so; after this long without a renewal it counts as gone."""
_PAUSE_S = 0.2


async def refresh(redis: aio.Redis) -> None:
    """Have all pools of workers look, and return once they have.

    Raises:
        DOWN: Redis cannot be reached.
    """
    number = await redis.incr(REFRESH)
    while not await _answered(redis, number):
        await asyncio.sleep(_PAUSE_S)


async def _answered(redis: aio.Redis, number: int) -> bool:
    """Tell if every pool that is alive has answered this request, or a later one."""
    pools: Any = await redis.smembers(POOLS)
    names = [name.decode() for name in pools]
    entries = await redis.mget([pool_key(name) for name in names]) if names else []
    if gone := [name for name, entry in zip(names, entries, strict=True) if entry is None]:
        await redis.srem(POOLS, *gone)
    return all(int(entry) >= number for entry in entries if entry is not None)


class PoolEntry:
    """A pool's entry in Redis: the number of the last request for a look that it has answered."""

    def __init__(self, redis: Redis) -> None:
        """``redis`` should give up soon: the pool has other things to do."""
        self._redis = redis
        self._name = uuid4().hex
        self._seen = self._answered = 0

    def is_asked(self) -> bool:
        """Tell if a look was asked for since the last call.

        Raises:
            RedisError: Redis cannot be asked.
        """
        former, self._seen = self._seen, int(self._redis.get(REFRESH) or 0)
        return self._seen != former

    def renew(self, workers: Iterable[str], *, replacing: bool) -> None:
        """Renew the entry. It answers what was asked for so far if no worker is being replaced, and all are up.

        Raises:
            RedisError: Redis cannot be asked.
        """
        names = [facts_key(name) for name in workers]
        if self._seen != self._answered and not replacing and names and self._redis.exists(*names) == len(names):
            self._answered = self._seen
        with self._redis.pipeline() as exchange:
            exchange.sadd(POOLS, self._name)
            exchange.set(pool_key(self._name), self._answered, px=_POOL_KEPT_MS)
            exchange.execute()

    def remove(self) -> None:
        """Leave no entry behind, if Redis is there."""
        with contextlib.suppress(RedisError), self._redis.pipeline() as exchange:
            exchange.srem(POOLS, self._name)
            exchange.delete(pool_key(self._name))
            exchange.execute()
