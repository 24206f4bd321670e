"""Jobs in Redis, for the processes of many hosts.

Each change that must be atomic is a Lua script. Times are kept by Redis alone: a holder is a key that expires, and no
host's clock is read. The scripts use keys that are not among their arguments, so Redis Cluster is not supported.
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

from evaluator.errors import (
    IdempotencyKeyReused,
    JobGone,
    StorageFailed,
    SuiteNotFound,
    TooManyJobs,
    UnknownJob,
)
from evaluator.jobs.changes import Changes
from evaluator.jobs.job import JobRecord, KeptReport, NewJob, NewReport
from evaluator.jobs.store import KEPT_GONE, HeldJobState, StoreBounds, state_of
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

_COMMON = """
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function key(id, part) return 'microcoder:job:' .. id .. (part and ':' .. part or '') end
local function exists(id) return redis.call('EXISTS', key(id)) == 1 end
local function field(id, name) return redis.call('HGET', key(id), name) end
local function suite(name) return 'microcoder:job-suite:' .. name end
local function tell(id) redis.call('PUBLISH', 'microcoder:jobs', id) end
local function resize(id, size)
  redis.call('INCRBY', 'microcoder:jobs:size', size - tonumber(field(id, 'size')))
  redis.call('HSET', key(id), 'size', size)
end
local function drop_work(id)
  for _, name in ipairs(redis.call('SMEMBERS', key(id, 'needs'))) do
    redis.call('SREM', suite(name) .. ':jobs', id)
    if redis.call('EXISTS', suite(name) .. ':jobs') == 0 then redis.call('UNLINK', suite(name)) end
  end
  redis.call('UNLINK', key(id, 'needs'), key(id, 'submissions'))
end
local function remove(id)
  local owner = field(id, 'owner')
  if owner then redis.call('HSET', 'microcoder:jobs:gone-owners', id, owner) end
  drop_work(id)
  resize(id, 0)
  local name = field(id, 'idempotency')
  if name then redis.call('DEL', 'microcoder:job-key:' .. name) end
  redis.call('UNLINK', key(id), key(id, 'reports'), key(id, 'order'), key(id, 'holder'), key(id, 'deliverer'))
  for _, index in ipairs({'open', 'over', 'due', 'cancelled'}) do
    redis.call('ZREM', 'microcoder:jobs:' .. index, id)
  end
  redis.call('ZADD', 'microcoder:jobs:gone', now(), id)
  while redis.call('ZCARD', 'microcoder:jobs:gone') > KEPT_GONE do
    redis.call('HDEL', 'microcoder:jobs:gone-owners', redis.call('ZPOPMIN', 'microcoder:jobs:gone')[1])
  end
  tell(id)
end
local function owner_of(id) return field(id, 'owner') or '' end
local function size() return tonumber(redis.call('GET', 'microcoder:jobs:size') or '0') end
-- The owner's own jobs first. Of each group, those with an undelivered webhook last: their clients may know nothing.
local function evictable(owner)
  local groups, sorted = {{}, {}, {}, {}}, {}
  for _, id in ipairs(redis.call('ZRANGE', 'microcoder:jobs:over', 0, -1)) do
    local group = redis.call('ZSCORE', 'microcoder:jobs:due', id) and 2 or 1
    if owner_of(id) ~= owner then group = group + 2 end
    table.insert(groups[group], id)
  end
  for _, group in ipairs(groups) do
    for _, id in ipairs(group) do table.insert(sorted, id) end
  end
  return sorted
end
local function evict(most, owner)
  if size() <= most then return end
  for _, id in ipairs(evictable(owner)) do
    if size() <= most then return end
    remove(id)
  end
end
local function held(id, part, me, lease)
  local holder = redis.call('GET', key(id, part))
  if holder and holder ~= me then return false end
  redis.call('SET', key(id, part), me, 'PX', lease)
  return true
end
""".replace("KEPT_GONE", str(KEPT_GONE))

_ADD = (
    _COMMON
    + """
local id, total, bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local most_jobs, most_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local webhook, name, fingerprint, owner = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local own_jobs, own_bytes = tonumber(ARGV[10]), tonumber(ARGV[11])
if exists(id) then return {'added', id} end
if name ~= '' then
  local known = redis.call('GET', 'microcoder:job-key:' .. name)
  if known then return {field(known, 'fingerprint') == fingerprint and 'known' or 'reused', known} end
end
for i = 12, #ARGV do
  if redis.call('EXISTS', suite(ARGV[i])) == 0 then return {'again', ''} end
end
if redis.call('ZCARD', 'microcoder:jobs:open') >= most_jobs then return {'many', ''} end
local own, taken = 0, 0
for _, each in ipairs(redis.call('ZRANGE', 'microcoder:jobs:open', 0, -1)) do
  if owner_of(each) == owner then
    own, taken = own + 1, taken + tonumber(field(each, 'size'))
  end
end
if own >= own_jobs then return {'own many', ''} end
if taken + bytes > own_bytes then return {'own full', ''} end
local freed = 0
for _, each in ipairs(evictable(owner)) do freed = freed + tonumber(field(each, 'size')) end
if size() - freed + bytes > most_bytes then return {'full', ''} end
evict(most_bytes - bytes, owner)
local time, number = now(), redis.call('INCR', 'microcoder:jobs:number')
redis.call('HSET', key(id), 'total', total, 'created', time, 'size', 0, 'reported', 0)
if owner ~= '' then redis.call('HSET', key(id), 'owner', owner) end
resize(id, bytes)
redis.call('PERSIST', key(id, 'submissions'))
for i = 12, #ARGV do
  redis.call('PERSIST', suite(ARGV[i]))
  redis.call('SADD', suite(ARGV[i]) .. ':jobs', id)
  redis.call('SADD', key(id, 'needs'), ARGV[i])
end
if webhook ~= '' then redis.call('HSET', key(id), 'webhook', webhook, 'delivery', 'waiting') end
if name ~= '' then
  redis.call('HSET', key(id), 'idempotency', name, 'fingerprint', fingerprint)
  redis.call('SET', 'microcoder:job-key:' .. name, id)
end
if total > 0 then
  redis.call('ZADD', 'microcoder:jobs:open', number, id)
else
  redis.call('HSET', key(id), 'over', time)
  redis.call('ZADD', 'microcoder:jobs:over', time, id)
  if webhook ~= '' then redis.call('ZADD', 'microcoder:jobs:due', time, id) end
end
return {'added', id}
"""
)
_RECORD = (
    _COMMON
    + """
local id, time, added = ARGV[1], now(), 0
if not exists(id) then return 0 end
redis.call('HSETNX', key(id), 'started', time)
for i = 2, #ARGV, 3 do
  local place, verdict, body = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if redis.call('HSETNX', key(id, 'reports'), place, body) == 1 then
    redis.call('RPUSH', key(id, 'order'), place)
    redis.call('HINCRBY', key(id), 'verdict:' .. verdict, 1)
    redis.call('HINCRBY', key(id), 'reported', #body)
    resize(id, tonumber(field(id, 'size')) + #body)
    added = added + 1
  end
end
if added > 0 and redis.call('LLEN', key(id, 'order')) == tonumber(field(id, 'total')) then
  drop_work(id)
  resize(id, tonumber(field(id, 'reported')))
  redis.call('HSET', key(id), 'over', time)
  redis.call('DEL', key(id, 'holder'))
  redis.call('ZREM', 'microcoder:jobs:open', id)
  redis.call('ZREM', 'microcoder:jobs:cancelled', id)
  redis.call('ZADD', 'microcoder:jobs:over', time, id)
  if field(id, 'delivery') == 'waiting' then redis.call('ZADD', 'microcoder:jobs:due', time, id) end
end
tell(id)
return 1
"""
)
_CANCEL = (
    _COMMON
    + """
local id = ARGV[1]
local number = redis.call('ZSCORE', 'microcoder:jobs:open', id)
if number then
  redis.call('HSET', key(id), 'cancelled', 1)
  redis.call('ZADD', 'microcoder:jobs:cancelled', number, id)
  tell(id)
end
return 1
"""
)
_FORGET = (
    _COMMON
    + """
if not exists(ARGV[1]) then return 0 end
remove(ARGV[1])
return 1
"""
)
_TAKE = (
    _COMMON
    + """
local part, me, lease = ARGV[1], ARGV[2], ARGV[3]
local function set(list)
  local found = {}
  for _, each in ipairs(cjson.decode(list)) do found[each] = true end
  return found
end
local holding, busy = set(ARGV[4]), set(ARGV[5])
local function taken(index, last, even_busy)
  for _, id in ipairs(redis.call('ZRANGE', 'microcoder:jobs:' .. index, '-inf', last, 'BYSCORE')) do
    if not holding[id] and (even_busy or not busy[owner_of(id)]) and held(id, part, me, lease) then return id end
  end
  return false
end
if part == 'deliverer' then return taken('due', now(), false) end
return taken('cancelled', '+inf', true) or taken('open', '+inf', false)
"""
)
_HOLD = (
    _COMMON
    + """
local id, me, lease = ARGV[1], ARGV[2], ARGV[3]
if not redis.call('ZSCORE', 'microcoder:jobs:open', id) or not held(id, 'holder', me, lease) then return 'lost' end
return field(id, 'cancelled') and 'cancelled' or 'held'
"""
)
_RELEASE = (
    _COMMON
    + """
local id, part, me = ARGV[1], ARGV[2], ARGV[3]
if redis.call('GET', key(id, part)) == me then redis.call('DEL', key(id, part)) end
"""
)
_ATTEMPTED = (
    _COMMON
    + """
local id, delivery, again_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not exists(id) then return 0 end
redis.call('HINCRBY', key(id), 'attempts', 1)
redis.call('HSET', key(id), 'delivery', delivery)
redis.call('DEL', key(id, 'deliverer'))
if delivery == 'waiting' then
  redis.call('ZADD', 'microcoder:jobs:due', now() + again_ms, id)
else
  redis.call('ZREM', 'microcoder:jobs:due', id)
end
tell(id)
return 1
"""
)
_SWEEP = (
    _COMMON
    + """
for _, id in ipairs(redis.call('ZRANGE', 'microcoder:jobs:over', '-inf', now() - tonumber(ARGV[1]), 'BYSCORE')) do
  remove(id)
end
evict(tonumber(ARGV[2]), '')
"""
)
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
        scripts = (_ADD, _RECORD, _CANCEL, _FORGET, _TAKE, _HOLD, _RELEASE, _ATTEMPTED, _SWEEP)
        registered = [self._redis.register_script(script) for script in scripts]
        self._add, self._record, self._cancel, self._forget, self._take = registered[:5]
        self._hold, self._release, self._attempted, self._sweep = registered[5:]
        self._delivering: set[str] = set()
        self._hearing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Subscribe to changes. Redis need not be reachable yet."""
        self._hearing = asyncio.create_task(self._hear())

    async def close(self) -> None:
        """Release everything that this process holds."""
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)
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
        return await self._taken("holder", self._lease_ms, holding, busy)

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
        job = await self._taken("deliverer", self._delivery_ms, holding, busy)
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

    async def _taken(
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
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(_CHANNEL)
                    while True:
                        async with asyncio.timeout(_COMMAND_S):
                            message = await subscription.get_message(timeout=_LISTEN_S)
                        if message is not None:
                            self.changes.tell(message["data"].decode())
            except (RedisError, TimeoutError) as error:
                _log.warning("the subscription to changes of jobs failed", extra={"reason": str(error)})
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
