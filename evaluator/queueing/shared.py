"""The protocol between API processes and workers in Redis: names of keys, the chunks that travel, the connection.

Times are kept by Redis alone, as keys that expire: the clocks of two hosts are never compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, TypeAdapter
from redis import Redis
from redis import asyncio as aio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry

from evaluator.queueing.messages import AnyResult, AnyTask
from evaluator.schema.console import WorkerInfo
from sandbox.isolation import Tier

INTERACTIVE, BATCH = "microcoder-interactive", "microcoder-batch"
"""RQ's queues. Workers take from the first one first."""
WORKERS = "microcoder:workers"
"""A set: the names of workers that are alive, or were. RQ's own set does not come back after Redis has lost its
data."""
POOLS = "microcoder:pools"
"""A set: the names of pools that are alive, or were."""
REFRESH = "microcoder:refresh"
"""The number of requests for a look at languages, so far."""
DOWN = (ConnectionError, TimeoutError)
"""The exceptions of the client when Redis cannot be reached."""
ANSWERS_KEPT_S = 600
"""Seconds after which answers expire that no API process has fetched."""
CHUNK_KEPT_S = 3600
TASK_KEPT_S = 3600
"""Seconds for which a worker's current task is noted. The rest of them tells how long ago it began."""
_PREFIX = "microcoder"
_CONNECT_TIMEOUT_S, _ANSWER_TIMEOUT_S = 5.0, 15.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0
_BACKOFF = ExponentialWithJitterBackoff(base=_FIRST_PAUSE_S, cap=_LONGEST_PAUSE_S)
_SOCKET: dict[str, Any] = {
    "socket_connect_timeout": _CONNECT_TIMEOUT_S,
    "socket_timeout": _ANSWER_TIMEOUT_S,
    "socket_keepalive": True,
}


class ChunkItem(BaseModel):
    """One task of a chunk, by its number in the API process that sent it."""

    number: int
    request_id: str | None
    task: AnyTask


class TaskChunk(BaseModel):
    """The tasks of one RQ job. ``api`` is the name of the process that sent it."""

    id: str
    api: str
    items: tuple[ChunkItem, ...]


class Begun(BaseModel):
    """The message of a worker that it begins an item."""

    kind: Literal["begun"] = "begun"
    number: int


class ItemAnswer(BaseModel):
    """The answer to an item, with the seconds that it took the worker."""

    kind: Literal["told"] = "told"
    number: int
    worker: str
    took_s: float
    answer: AnyResult


WORD: TypeAdapter[Begun | ItemAnswer] = TypeAdapter(Annotated[Begun | ItemAnswer, Field(discriminator="kind")])
"""The messages of workers to an API process."""


class WorkerFacts(BaseModel):
    """A worker's entry in Redis, which it renews while it is alive."""

    isolation: str
    versions: dict[str, str]
    packages: dict[str, str] = {}
    slots_discarded: int = 0


@dataclass
class ConnectedWorkers:
    """The workers that are alive, by their names."""

    facts: dict[str, WorkerFacts] = field(default_factory=dict)

    @property
    def isolation(self) -> str:
        """The weakest tier among them."""
        tiers = list(Tier)
        return max((each.isolation for each in self.facts.values()), key=lambda it: tiers.index(Tier(it)), default="")

    @property
    def versions(self) -> dict[str, str]:
        """The toolchains that every one of them has: any may get any task."""
        return _common([each.versions for each in self.facts.values()])

    @property
    def packages(self) -> dict[str, str]:
        """The Python packages that every one of them has."""
        return _common([each.packages for each in self.facts.values()])

    async def infos(self, redis: aio.Redis, lease_s: float) -> tuple[WorkerInfo, ...]:
        """Ask what each of them does now. An entry, which holds for ``lease_s``, tells by its rest when it was renewed.

        Raises:
            DOWN: Redis cannot be reached.
        """
        async with redis.pipeline(transaction=False) as exchange:
            for name in sorted(self.facts):
                exchange.pttl(facts_key(name))
                exchange.get(task_key(name))
                exchange.pttl(task_key(name))
            replies = iter(await exchange.execute())
        return tuple(
            WorkerInfo(
                name=name,
                host=name.rsplit("-", 2)[0],
                isolation=self.facts[name].isolation,
                task=task.decode() if task else None,
                since_s=_elapsed_s(TASK_KEPT_S, task_left_ms) if task else None,
                seen_s=_elapsed_s(lease_s, left_ms),
            )
            for name, left_ms, task, task_left_ms in zip(sorted(self.facts), replies, replies, replies, strict=True)
        )


class SharedRetry(Retry):
    """The retries of all connections of a client: ``update_retries`` reaches those under way too."""

    def __deepcopy__(self, _: object) -> Self:
        return self  # a connection copies the retries of its client


def _elapsed_s(kept_s: float, left_ms: int) -> float:
    """Return the age of a key from the time that it has left (negative: it has expired)."""
    return max(0.0, kept_s - max(0, left_ms) / 1000)


def _common(versions: list[dict[str, str]]) -> dict[str, str]:
    first, *others = versions
    return {name: version for name, version in first.items() if all(name in other for other in others)}


def answers_key(api: str) -> str:
    """Return the key of a list: the workers' messages about the items of this API process."""
    return f"{_PREFIX}:answers:{api}"


def api_key(api: str) -> str:
    """Return a key that exists while this API process is alive."""
    return f"{_PREFIX}:api:{api}"


def lease_key(chunk_id: str) -> str:
    """Return a key that exists while a worker that is alive holds the chunk."""
    return f"{_PREFIX}:lease:{chunk_id}"


def dropped_key(chunk_id: str) -> str:
    """Return the key of a set: the numbers of items that nobody waits for any more."""
    return f"{_PREFIX}:dropped:{chunk_id}"


def facts_key(worker: str) -> str:
    """Return the key of a worker's ``WorkerFacts``."""
    return f"{_PREFIX}:worker:{worker}"


def task_key(worker: str) -> str:
    """Return the key of the kind of task that a worker runs now."""
    return f"{_PREFIX}:task:{worker}"


def pool_key(pool: str) -> str:
    """Return the key of a pool's entry."""
    return f"{_PREFIX}:pool:{pool}"


def suite_key(suite_id: str) -> str:
    """Return the key of a suite's canonical form."""
    return f"{_PREFIX}:suite:{suite_id.removeprefix('sha256:')}"


def connect(url: str, patience_s: float) -> Redis:
    """Open a connection that retries for about ``patience_s`` seconds before it raises one of ``DOWN``."""
    retry = SharedRetry(_BACKOFF, retries=round(patience_s / _LONGEST_PAUSE_S) + 1)
    return Redis.from_url(url, retry=retry, retry_on_error=list(DOWN), **_SOCKET)


def connect_async(url: str, retries: int = 0) -> aio.Redis:
    """Open a connection for the event loop that raises one of ``DOWN`` after ``retries`` retries."""
    return aio.Redis.from_url(url, retry=AsyncRetry(_BACKOFF, retries=retries), **_SOCKET)
