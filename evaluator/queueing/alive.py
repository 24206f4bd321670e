"""``python -m evaluator.queueing.alive``: whether a worker of this host has told Redis lately that it lives. For a
container's health check."""

from __future__ import annotations

import socket
import sys
from typing import Any

from redis.exceptions import RedisError

from evaluator.queueing.shared import connect, facts_key
from evaluator.settings import Settings

_ENVIRONMENT_ALONE: dict[str, Any] = {}


def main() -> None:
    """Exit code 0: one has."""
    settings = Settings(**_ENVIRONMENT_ALONE)
    if settings.redis_url is None:
        sys.exit("set MICROCODER_REDIS_URL")
    try:
        found = next(connect(settings.redis_url, 0).scan_iter(facts_key(f"{socket.gethostname()}-*")), None)
    except RedisError as error:
        sys.exit(f"Redis cannot be reached: {error}")
    if found is None:
        sys.exit(f"no worker of {socket.gethostname()} has told that it lives")


if __name__ == "__main__":
    main()
