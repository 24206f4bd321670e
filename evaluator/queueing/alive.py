"""A container's health check: ``python -m evaluator.queueing.alive`` succeeds if a worker of this host is alive, by its
entry in Redis."""

from __future__ import annotations

import socket
import sys
from typing import Any

from redis.exceptions import RedisError

from evaluator.queueing.shared import connect, facts_key
from evaluator.settings import Settings

_ENVIRONMENT_ALONE: dict[str, Any] = {}


def main() -> None:
    """Exit with code 0 if a worker of this host is alive."""
    settings = Settings(**_ENVIRONMENT_ALONE)
    if settings.redis_url is None:
        sys.exit("set MICROCODER_REDIS_URL")
    try:
        worker = next(connect(settings.redis_url, 0).scan_iter(facts_key(f"{socket.gethostname()}-*")), None)
    except RedisError as error:
        sys.exit(f"Redis cannot be reached: {error}")
    if worker is None:
        sys.exit(f"no worker of {socket.gethostname()} has an entry in Redis: none runs, or none reaches it")


if __name__ == "__main__":
    main()
