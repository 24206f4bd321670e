"""Delivery of webhooks: posts a summary of a job that is over to the address that the client gave. Headers and
signature are those of Standard Webhooks (https://www.standardwebhooks.com), for which most languages have a library."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import logging
import random
import time
from collections import Counter
from functools import partial

import httpx

from evaluator.cancellation import cancel
from evaluator.engine import VERSION
from evaluator.errors import ApiError, JobGone, StorageFailed, UnknownJob, WebhookRefused
from evaluator.jobs.addresses import Network, NotResolved, Target, permitted
from evaluator.jobs.job import JobRecord
from evaluator.jobs.store import JobStore
from evaluator.log import Outage
from evaluator.schema import Webhook

_log = logging.getLogger(__name__)
_PREFIX = "whsec_"
_ATTEMPT_S = 15.0
"""Seconds that an attempt may take, with the resolution of the name."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 600.0
_AT_ONCE = 16
"""Attempts for one owner at the same time. Further ones wait, without delaying those of other owners."""
_LOOK_S = 0.5
_GONE = 410
"""The status by which a receiver says that it wants no more webhooks."""


def key_of(secret: str) -> bytes:
    """Return the key, as bytes, that a secret stands for.

    Raises:
        WebhookRefused: what follows ``whsec_`` is not base64.
    """
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as error:  # characters that base64 does not have, or not even ASCII
        raise WebhookRefused(f"webhook.secret: what follows {_PREFIX} must be base64") from error


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a message: ``v1,`` and base64 of the HMAC-SHA256 over id, time and body, joined by dots."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


async def check(webhook: Webhook, networks: tuple[Network, ...]) -> None:
    """Refuse a webhook that can never be delivered. A name without an address passes: it may have one later.

    Raises:
        WebhookRefused: the address is not allowed, or the secret is unusable.
    """
    if webhook.secret is not None:
        key_of(webhook.secret)
    with contextlib.suppress(NotResolved):
        await permitted(Target.of(webhook.url), networks)


class Failed(Exception):
    """The message did not arrive. ``final``: another attempt is useless."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Deliveries:
    """Posts webhooks that are due, and retries until they arrive or the attempts are used up. Between two attempts a
    delivery occupies nothing here: the store knows when it is due again."""

    def __init__(self, store: JobStore, networks: tuple[Network, ...], attempts: int) -> None:
        self._store, self._networks, self._attempts = store, networks, attempts
        self._under_way: dict[str, tuple[str, asyncio.Task[None]]] = {}
        """Owner and attempt, by the job's id."""
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._looking = asyncio.create_task(self._look_for_deliveries())

    async def close(self) -> None:
        """Stop. Webhooks that have not arrived are delivered after the next start."""
        await cancel([*(task for _, task in self._under_way.values()), *([self._looking] if self._looking else [])])

    async def _look_for_deliveries(self) -> None:
        outage = Outage(_log, "webhooks cannot be looked for; trying again", "webhooks can be looked for again")
        while True:
            try:
                while (job := await self._store.take_delivery(self._under_way, self._busy())) is not None:
                    attempt = asyncio.create_task(self._attempt(job))
                    self._under_way[job.id] = job.owner, attempt
                    attempt.add_done_callback(partial(self._ended, job.id))
            except StorageFailed as error:
                outage.failed(error.detail)
            else:
                outage.ended()
            await asyncio.sleep(_LOOK_S)

    def _ended(self, job_id: str, _: asyncio.Task[None]) -> None:
        del self._under_way[job_id]

    def _busy(self) -> list[str]:
        owners = Counter(owner for owner, _ in self._under_way.values())
        return [owner for owner, count in owners.items() if count >= _AT_ONCE]

    async def _attempt(self, job: JobRecord) -> None:
        attempt = job.attempts + 1
        delivered, more = False, False
        try:
            if attempt <= self._attempts:  # a new setting may allow fewer attempts than were made
                try:
                    assert job.webhook is not None
                    await self._post(job, job.webhook)
                    delivered = True
                except (Failed, WebhookRefused) as failure:
                    reason = failure.detail if isinstance(failure, ApiError) else str(failure)
                    _log.warning("webhook failed", extra={"job": job.id, "attempt": attempt, "reason": reason})
                    more = attempt < self._attempts and not getattr(failure, "final", False)
            again_s = _pause_s(attempt) if more else None
            await self._store.attempted(job.id, delivered=delivered, again_s=again_s)
        except (UnknownJob, JobGone, StorageFailed) as error:
            _log.warning("webhook put down", extra={"job": job.id, "reason": error.detail})

    async def _post(self, job: JobRecord, webhook: Webhook) -> None:
        """Post a job's summary once.

        Raises:
            Failed: it did not arrive.
            WebhookRefused: the address is not allowed.
        """
        now, message_id = int(time.time()), f"job-{job.id}"
        body = _message(job)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"MicroCoder-Evaluator/{VERSION}",
            "webhook-id": message_id,
            "webhook-timestamp": str(now),
        }
        if webhook.secret is not None:
            headers["webhook-signature"] = signature(webhook.secret, message_id, now, body)
        target = Target.of(webhook.url)
        try:
            async with asyncio.timeout(_ATTEMPT_S):
                addresses = await permitted(target, self._networks)
                status = await _status(target, target.at(random.choice(addresses)), headers, body)
        except (NotResolved, httpx.HTTPError) as error:
            raise Failed(f"{type(error).__name__}: {error}") from error
        except TimeoutError as error:
            raise Failed(f"no answer within {_ATTEMPT_S:g} s") from error
        if not 200 <= status < 300:
            raise Failed(f"it answered {status}", final=status == _GONE)


async def _status(target: Target, url: str, headers: dict[str, str], body: bytes) -> int:
    """Post a message and return the status of the answer. Its body is not read, and redirections are not followed."""
    async with (
        httpx.AsyncClient(verify=target.scheme == "https", trust_env=False, timeout=_ATTEMPT_S) as client,
        client.stream(
            "POST",
            url,
            content=body,
            headers={"Host": target.host_header, **headers},
            extensions={"sni_hostname": target.host},  # the certificate is for the name, not for the address
        ) as response,
    ):
        return response.status_code


def _message(job: JobRecord) -> bytes:
    status = job.status().model_dump(mode="json", exclude={"webhook", "reports"})
    data = {**status, "status_url": f"/v1/jobs/{job.id}"}
    return json.dumps({"type": f"job.{job.state}", "timestamp": status["over_at"], "data": data}).encode()


def _pause_s(attempt: int) -> float:
    """Return the seconds to wait after an attempt, counted from 1: twice as long each time, less a random share of up
    to a half."""
    return min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 30)) * random.uniform(0.5, 1.0)
