"""The store of suites for many hosts: each has its own on disk, and Redis has all that are in use."""

from __future__ import annotations

from typing import Self

from redis import Redis

from evaluator.errors import NotReady
from evaluator.queueing.shared import DOWN, suite_key
from evaluator.schema import Suite
from evaluator.settings import Settings
from evaluator.suites import SuiteStore

_KEPT_S = 6 * 3600
"""Seconds for which Redis keeps a suite that is not used. API processes have it on disk, and put it there again."""


class SharedSuites(SuiteStore):
    """A ``SuiteStore`` that shares its suites with all hosts through Redis."""

    _redis: Redis

    @classmethod
    def before(cls, redis: Redis, settings: Settings) -> Self:
        """Open the store that the settings describe, in front of this Redis."""
        store = cls.of(settings)
        store._redis = redis
        return store

    def put(self, suite: Suite) -> tuple[str, bool]:
        """Keep a suite here and in Redis.

        Raises:
            SuiteTooLarge: it exceeds the store's limit.
            NotReady: Redis cannot be reached.
        """
        suite_id, new = super().put(suite)
        try:
            self.publish(suite_id)
        except DOWN as error:
            raise NotReady("Redis, which keeps suites for all hosts, cannot be reached: try again") from error
        return suite_id, new

    def publish(self, suite_id: str) -> None:
        """Put a suite of this host into Redis, or extend its time there. Does nothing if this host does not have it.

        Raises:
            DOWN: Redis cannot be reached.
        """
        if self._redis.expire(suite_key(suite_id), _KEPT_S):
            return
        data = self._read(suite_id)
        if data is not None:
            self._redis.set(suite_key(suite_id), data, ex=_KEPT_S)

    def _read(self, suite_id: str) -> bytes | None:
        data = super()._read(suite_id)
        if data is None:
            fetched = self._redis.get(suite_key(suite_id))
            if isinstance(fetched, bytes):
                data = fetched
                self._write(suite_id, data)
        return data

    def __contains__(self, suite_id: str) -> bool:
        if super().__contains__(suite_id):
            return True
        try:
            return self._read(suite_id) is not None and super().__contains__(suite_id)
        except DOWN as error:
            raise NotReady("Redis, which keeps suites for all hosts, cannot be reached: try again") from error
