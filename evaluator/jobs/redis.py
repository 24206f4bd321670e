"""Jobs in Redis, for the processes of many hosts.

Each change that must be atomic is a script in Lua. Times are kept by Redis alone: a holder is a key that expires, and
no host's clock is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from typing import Any, TypeVar, cast

from redis.exceptions import RedisError

from evaluator.cancellation import cancel
from evaluator.errors import IdempotencyKeyReused, JobGone, StorageFailed, SuiteNotFound, TooManyJobs, UnknownJob
from evaluator.jobs import redis_scripts as scripts
from evaluator.jobs.job import JobRecord, KeptReport, NewJob, NewReport
from evaluator.jobs.store import Changes, HeldJobState, StoreBounds, state_of
from evaluator.log import Outage
from evaluator.queueing.shared import connect_async
from evaluator.schema import Verdict, Webhook

_log = logging.getLogger(__name__)

_RECHECK_S = 2.0
"""Seconds between two rechecks: a message that is published during a reconnection is lost."""
_SHORTEST_LEASE_S = 3.0
_DELIVERY_S = 20.0
"""Seconds for which an attempt at delivery is held, at least: longer than it may take."""
_STAGED_S = 3600
"""Seconds after which the parts of a job expire whose process died while it wrote them."""
_PIECES, _PIECE_BYTES = 1000, 4 << 20
"""The most elements and bytes of a list in one command: Redis does nothing else meanwhile."""
_COMMAND_S, _ADDING_S = 10.0, 120.0
_AGAIN = 3
"""Retries of a command: Redis may have closed connections of the pool. Every command may safely be repeated."""
_PAUSE_S = 0.5
_LISTEN_S = 5.0
_CHANNEL = "microcoder:jobs"
_TRIES = 5
_LOOKED_AT = 99
"""Rank of the last of the newest jobs that are looked at for a list: open ones, and as many that are over."""

R = TypeVar("R")


class RedisJobStore:
    """A ``JobStore`` in Redis. Its durability is that of Redis's configuration: docs/jobs.md."""

    def __init__(self, url: str, bounds: StoreBounds, lease_s: float) -> None:
        self.changes = Changes(_RECHECK_S)
        self._bounds = bounds
        self._lease_ms = round(max(lease_s, _SHORTEST_LEASE_S) * 1000)
        self._delivery_ms = round(max(lease_s, _DELIVERY_S) * 1000)
        self._name = uuid.uuid4().hex
        self._redis = connect_async(url, retries=_AGAIN)
        self._add = self._redis.register_script(scripts.ADD)
        self._record = self._redis.register_script(scripts.RECORD)
        self._cancel = self._redis.register_script(scripts.CANCEL)
        self._forget = self._redis.register_script(scripts.FORGET)
        self._take = self._redis.register_script(scripts.TAKE)
        self._hold = self._redis.register_script(scripts.HOLD)
        self._release = self._redis.register_script(scripts.RELEASE)
        self._attempted = self._redis.register_script(scripts.ATTEMPTED)
        self._sweep = self._redis.register_script(scripts.SWEEP)
        self._delivering: set[str] = set()
        self._hearing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Subscribe to changes. Redis need not be reachable yet."""
        self._hearing = asyncio.create_task(self._hear())

    async def close(self) -> None:
        """Release everything that this process holds."""
        if self._hearing is not None:
            await cancel((self._hearing,))
        with contextlib.suppress(StorageFailed):  # the hold then expires by itself
            async with _failing():
                for job_id in self._delivering:
                    await self._release(args=[job_id, "deliverer", self._name])
        await self._redis.aclose()

    async def add(self, new: NewJob) -> tuple[JobRecord, bool]:
        self._bounds.check_size(new)
        job_id = uuid.uuid4().hex
        async with _failing(_ADDING_S):
            await self._stage_submissions(job_id, new.submissions)
            for _ in range(_TRIES):
                await self._stage_suites(new)
                outcome, known = await self._add(args=self._args_of(job_id, new))
                if outcome != b"again":  # a suite was removed in between, with the last job that needed it
                    break
            if outcome != b"added":
                await self._redis.unlink(_key(job_id, "submissions"))
        match outcome:
            case b"added" | b"known":
                return await self.get(known.decode()), outcome == b"added"
            case b"reused":
                raise IdempotencyKeyReused()
            case b"many":
                raise TooManyJobs(f"{self._bounds.jobs} jobs are not over yet")
            case b"full":
                raise TooManyJobs(f"jobs that are not over yet take the room of {self._bounds.size} bytes")
            case b"own many" | b"own full":
                raise TooManyJobs("jobs of this key that are not over yet take all of its share (key_share)")
        raise StorageFailed("suites vanish while they are written")

    async def get(self, job_id: str) -> JobRecord:
        async with _failing():
            fields: Any = await self._redis.hgetall(_key(job_id))
            if fields:
                return _job(job_id, {name.decode(): value for name, value in fields.items()})
            gone = await self._redis.zscore("microcoder:jobs:gone", job_id)
            owner: Any = await self._redis.hget("microcoder:jobs:gone-owners", job_id)
        raise UnknownJob(job_id) if gone is None else JobGone(job_id, (owner or b"").decode())

    async def newest(self, owner: str | None, limit: int) -> list[JobRecord]:
        async with _failing():
            names = [
                name.decode()
                for index in ("open", "over")
                for name in cast("list[bytes]", await self._redis.zrevrange(f"microcoder:jobs:{index}", 0, _LOOKED_AT))
            ]
        jobs: list[JobRecord] = []
        for name in names:
            with contextlib.suppress(UnknownJob, JobGone):  # it was removed in between
                jobs.append(await self.get(name))
        own = [job for job in jobs if owner in (None, job.owner)]
        return sorted(own, key=lambda job: job.created_s, reverse=True)[:limit]

    async def reports(self, job_id: str, after: int, limit: int) -> list[KeptReport]:
        async with _failing():
            places: Any = await self._redis.lrange(_key(job_id, "order"), after, after + limit - 1)
            bodies: Any = await self._redis.hmget(_key(job_id, "reports"), places) if places else []
        if not places or None in bodies:
            await self.get(job_id)  # raises if the job is gone
        numbered = enumerate(zip(places, bodies, strict=True), after + 1)
        return [KeptReport(number, int(place), body) for number, (place, body) in numbered if body is not None]

    async def cancel(self, job_id: str) -> JobRecord:
        async with _failing():
            await self._cancel(args=[job_id])
        return await self.get(job_id)

    async def forget(self, job_id: str) -> None:
        async with _failing():
            known = await self._forget(args=[job_id])
        if not known:
            await self.get(job_id)

    async def take(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        return await self._take_part("holder", self._lease_ms, holding, busy)

    async def hold(self, job_id: str) -> HeldJobState:
        async with _failing():
            outcome = await self._hold(args=[job_id, self._name, self._lease_ms])
        return {b"held": HeldJobState.GOING_ON, b"cancelled": HeldJobState.CANCELLED}.get(outcome, HeldJobState.LOST)

    async def release(self, job_id: str) -> None:
        async with _failing():
            await self._release(args=[job_id, "holder", self._name])

    async def done(self, job_id: str) -> set[int]:
        async with _failing():
            places: Any = await self._redis.lrange(_key(job_id, "order"), 0, -1)
        return {int(place) for place in places}

    async def submissions(self, job_id: str, indexes: Sequence[int]) -> list[bytes]:
        async with _failing():
            names = [str(index) for index in indexes]
            bodies: Any = await self._redis.hmget(_key(job_id, "submissions"), names) if names else []
        return [body for body in bodies if body is not None]

    async def suite(self, suite_id: str) -> bytes:
        async with _failing():
            body = await self._redis.get(_suite_key(suite_id))
        if body is None:
            raise SuiteNotFound(suite_id)
        return cast(bytes, body)

    async def record(self, job_id: str, reports: Sequence[NewReport]) -> None:
        for some in list(_pieces(reports, [len(report.body) for report in reports])) or [()]:
            args = [part for report in some for part in (report.index, report.verdict.value, report.body)]
            async with _failing():
                known = await self._record(args=[job_id, *args])
            if not known:
                await self.get(job_id)

    async def take_delivery(self, holding: Collection[str], busy: Collection[str]) -> JobRecord | None:
        job = await self._take_part("deliverer", self._delivery_ms, holding, busy)
        self._delivering = {*holding, job.id} if job else set(holding)
        return job

    async def attempted(self, job_id: str, *, delivered: bool, again_s: float | None) -> None:
        state = state_of(delivered=delivered, again_s=again_s)
        async with _failing():
            known = await self._attempted(args=[job_id, state, round((again_s or 0) * 1000)])
        if not known:
            await self.get(job_id)

    async def sweep(self) -> None:
        async with _failing():
            await self._sweep(args=[round(self._bounds.kept_s * 1000), self._bounds.size])

    async def _stage_submissions(self, job_id: str, submissions: Sequence[bytes]) -> None:
        """Write the submissions in pieces, which expire unless the job is added."""
        key, place = _key(job_id, "submissions"), 0
        for some in _pieces(submissions, [len(body) for body in submissions]):
            async with self._redis.pipeline() as exchange:
                exchange.hset(key, mapping={str(place + i): body for i, body in enumerate(some)})
                exchange.expire(key, _STAGED_S)
                await exchange.execute()
            place += len(some)

    async def _stage_suites(self, new: NewJob) -> None:
        for suite_id, body in new.suites.items():
            await self._redis.set(_suite_key(suite_id), body, nx=True, ex=_STAGED_S)

    def _args_of(self, job_id: str, new: NewJob) -> list[Any]:
        webhook = new.webhook.model_dump_json() if new.webhook else ""
        name, fingerprint = (new.idempotency.key, new.idempotency.fingerprint) if new.idempotency else ("", "")
        bounds = self._bounds.jobs, self._bounds.size
        share = self._bounds.jobs_of(new.owner), self._bounds.size_of(new.owner)
        named = webhook, name, fingerprint, new.owner
        return [job_id, len(new.submissions), new.size, *bounds, *named, *share, *new.suites]

    async def _take_part(
        self, part: str, lease_ms: int, holding: Collection[str], busy: Collection[str]
    ) -> JobRecord | None:
        async with _failing():
            job_id = await self._take(
                args=[part, self._name, lease_ms, json.dumps(list(holding)), json.dumps(list(busy))]
            )
        if job_id is None:
            return None
        with contextlib.suppress(UnknownJob, JobGone):  # the job was removed in between
            return await self.get(job_id.decode())
        return None

    async def _hear(self) -> None:
        outage = Outage(_log, "changes of jobs are not heard; trying again", "changes of jobs are heard again")
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(_CHANNEL)
                    outage.ended()
                    while True:
                        async with asyncio.timeout(_COMMAND_S):
                            message = await subscription.get_message(timeout=_LISTEN_S)
                        if message is not None:
                            self.changes.tell(message["data"].decode())
            except (RedisError, TimeoutError) as error:
                outage.failed(str(error))
            await asyncio.sleep(_PAUSE_S)


@contextlib.asynccontextmanager
async def _failing(longest_s: float = _COMMAND_S) -> AsyncIterator[None]:
    """Turn errors of Redis, and a missing answer, into ``StorageFailed``. A host that is gone closes no connection."""
    try:
        async with asyncio.timeout(longest_s):
            yield
    except RedisError as error:
        raise StorageFailed(f"Redis: {error}") from error
    except TimeoutError as error:
        raise StorageFailed(f"Redis did not answer for {longest_s:g} s") from error


def _pieces(things: Sequence[R], sizes: Sequence[int]) -> Iterator[Sequence[R]]:
    start = total = 0
    for end, size in enumerate(sizes):
        if end > start and (end - start >= _PIECES or total + size > _PIECE_BYTES):
            yield things[start:end]
            start, total = end, 0
        total += size
    if start < len(things):
        yield things[start:]


def _key(job_id: str, part: str = "") -> str:
    return f"microcoder:job:{job_id}" + (f":{part}" if part else "")


def _suite_key(suite_id: str) -> str:
    return f"microcoder:job-suite:{suite_id}"


def _job(job_id: str, fields: dict[str, bytes]) -> JobRecord:
    def seconds(name: str) -> float | None:
        return int(fields[name]) / 1000 if name in fields else None

    verdicts = {Verdict(name.partition(":")[2]): int(value) for name, value in fields.items() if name[:8] == "verdict:"}
    return JobRecord(
        id=job_id,
        total=int(fields["total"]),
        done=sum(verdicts.values()),
        verdicts=verdicts,
        created_s=int(fields["created"]) / 1000,
        started_s=seconds("started"),
        over_s=seconds("over"),
        cancelled="cancelled" in fields,
        webhook=Webhook.model_validate_json(fields["webhook"]) if "webhook" in fields else None,
        delivery=cast(Any, fields["delivery"].decode()) if "delivery" in fields else None,
        attempts=int(fields.get("attempts", 0)),
        owner=fields.get("owner", b"").decode(),
    )
