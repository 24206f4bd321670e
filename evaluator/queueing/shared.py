"""What API processes and workers on many hosts share in Redis: its names, the chunks that travel, and the connection.

Whatever depends on time is left to Redis, as keys that expire: the clocks of two hosts are never compared.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter
from redis import Redis
from redis import asyncio as aio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry

from evaluator.queueing.messages import AnyResult, AnyTask

INTERACTIVE, BATCH = "microcoder-interactive", "microcoder-batch"
"""RQ's queues; workers look into the first one first."""
WORKERS = "microcoder:workers"
"""A set: the names of those that live, or did. RQ's own says nothing any more once Redis has lost it."""
DOWN = (ConnectionError, TimeoutError)
"""What the client raises when Redis cannot be reached."""
ANSWERS_KEPT_S = 600
"""Answers for an API process that is gone go as well."""
CHUNK_KEPT_S = 3600
_PREFIX = "microcoder"
_CONNECT_TIMEOUT_S, _ANSWER_TIMEOUT_S = 5.0, 15.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0


class ChunkItem(BaseModel):
    """One task of a chunk, by its number in the API process that sent it."""

    number: int
    request_id: str | None
    task: AnyTask


class TaskChunk(BaseModel):
    """What one RQ job does. ``api`` is the process that sent it."""

    id: str
    api: str
    items: tuple[ChunkItem, ...]


class Begun(BaseModel):
    """A worker runs this item from now on."""

    kind: Literal["begun"] = "begun"
    number: int


class ItemAnswer(BaseModel):
    """What came of an item, which took the worker so many seconds."""

    kind: Literal["told"] = "told"
    number: int
    worker: str
    took_s: float
    answer: AnyResult


WORD: TypeAdapter[Begun | ItemAnswer] = TypeAdapter(Annotated[Begun | ItemAnswer, Field(discriminator="kind")])
"""What an API process hears from workers."""


class WorkerFacts(BaseModel):
    """What a worker says of itself, again and again while it lives."""

    isolation: str
    versions: dict[str, str]
    slots_discarded: int = 0


def answers_key(api: str) -> str:
    """A list: what workers say of the items that this API process sent."""
    return f"{_PREFIX}:answers:{api}"


def api_key(api: str) -> str:
    """There while this API process lives."""
    return f"{_PREFIX}:api:{api}"


def lease_key(chunk_id: str) -> str:
    """There while a worker has the chunk and lives."""
    return f"{_PREFIX}:lease:{chunk_id}"


def dropped_key(chunk_id: str) -> str:
    """A set: the numbers of items that nobody waits for any more."""
    return f"{_PREFIX}:dropped:{chunk_id}"


def facts_key(worker: str) -> str:
    """A worker's ``WorkerFacts``."""
    return f"{_PREFIX}:worker:{worker}"


def suite_key(suite_id: str) -> str:
    """A suite's canonical form."""
    return f"{_PREFIX}:suite:{suite_id.removeprefix('sha256:')}"


def connect(url: str, patience_s: float) -> Redis:
    """A connection that tries again for so long, about, before it raises one of ``DOWN``."""
    backoff = ExponentialWithJitterBackoff(base=_FIRST_PAUSE_S, cap=_LONGEST_PAUSE_S)
    retry = Retry(backoff, retries=round(patience_s / _LONGEST_PAUSE_S) + 1)
    return Redis.from_url(
        url,
        retry=retry,
        retry_on_error=list(DOWN),
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
        socket_timeout=_ANSWER_TIMEOUT_S,
        socket_keepalive=True,
    )


def connect_async(url: str, retries: int = 0) -> aio.Redis:
    """A connection for the event loop that raises one of ``DOWN`` at once, or after so many more tries."""
    retry = AsyncRetry(ExponentialWithJitterBackoff(base=_FIRST_PAUSE_S, cap=_LONGEST_PAUSE_S), retries=retries)
    return aio.Redis.from_url(
        url,
        retry=retry,
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
        socket_timeout=_ANSWER_TIMEOUT_S,
        socket_keepalive=True,
    )
