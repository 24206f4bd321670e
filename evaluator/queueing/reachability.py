"""Looks whether Redis answers: as a process starts, and while it runs."""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, RedisError
from redis.retry import Retry

from evaluator.log import Outage
from evaluator.queueing.base import RedisRefused
from evaluator.queueing.shared import DOWN

_log = logging.getLogger(__name__)
_ANSWER_TIMEOUT_S = 1.0
_SILENCE_S = 1.5
"""Seconds after which the first look is said to wait: a name's resolution may take longer, and has no timeout."""
_HURRY_TIMEOUT_S = 1.0


class RedisWatch:
    """A look at a Redis, which logs each time that it goes away and comes back."""

    def __init__(self, url: str) -> None:
        self.address = address(url)
        self.redis = Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=_ANSWER_TIMEOUT_S, socket_timeout=_ANSWER_TIMEOUT_S
        )
        """A client that gives up after a second."""
        self._outage = Outage(_log, "Redis cannot be reached; waiting for it", "Redis is back")

    def first(self) -> None:
        """Look for the first time, and log if Redis is away.

        Raises:
            RedisRefused: what answers cannot be used.
        """
        slow = threading.Timer(_SILENCE_S, self._outage.failed, ["no answer yet"], {"redis": self.address})
        slow.daemon = True
        slow.start()
        try:
            self.redis.ping()
        except (AuthenticationError, AuthorizationError) as error:
            raise RedisRefused(
                f"Redis at {self.address} does not let us in: {error}; name another user and password "
                "in its URL, redis://USER:PASSWORD@HOST:PORT/DB"
            ) from error
        except DOWN as error:
            self._outage.failed(str(error), redis=self.address)
        except (RedisError, UnicodeError) as error:
            raise RedisRefused(f"what answers at {self.address} is not a Redis that we can use: {error}") from error
        else:
            self._outage.ended()
        finally:
            slow.cancel()
            slow.join()

    def look(self) -> None:
        """Look again, and log if that has another result than before."""
        try:
            self.redis.ping()
        except RedisError as error:
            self._outage.failed(str(error), redis=self.address)
        else:
            self._outage.ended()


def address(url: str) -> str:
    """Return a Redis's URL without user and password."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}"
    return f"{parts.scheme}://{parts.hostname or 'localhost'}:{parts.port or 6379}{parts.path}"


def hurry(redis: Redis) -> None:
    """Have a client give up after its next failure, and wait a second for an answer: its process is about to end."""
    retry = redis.get_retry()
    if retry is not None:
        retry.update_retries(0)
    redis.connection_pool.connection_kwargs.update(
        socket_timeout=_HURRY_TIMEOUT_S, socket_connect_timeout=_HURRY_TIMEOUT_S
    )
    redis.connection_pool.disconnect(inuse_connections=False)  # those in use are other threads'
