"""Runs the service under uvicorn until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys

import uvicorn
import uvloop

from evaluator.api.app import create_app
from evaluator.api.middleware import RequestLog
from evaluator.log import configure
from evaluator.queueing.base import Queue
from evaluator.queueing.embedded import EmbeddedQueue
from evaluator.settings import Settings

_log = logging.getLogger(__name__)
_BACKLOG = 2048


def serve(settings: Settings, descriptor: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT; then finish what was taken in, for as long as the settings say.

    ``descriptor`` is a listening socket that was inherited; without it, one is opened at the settings' address. Who
    hands one over holds the other end of our standard input: the service ends with its owner, however that ends.

    Raises:
        WorkerRefused: no worker can work here.
        OSError: the address is taken, or not ours.
    """
    configure(settings.log_level)
    if descriptor is not None:
        listener = socket.socket(fileno=descriptor)
        listener.set_inheritable(False)  # the workers are not to keep the address when this process dies
    else:
        listener = socket.create_server((settings.host, settings.port), backlog=_BACKLOG)
    host, port = listener.getsockname()[:2]
    _log.info("listening", extra={"url": f"http://{host}:{port}", "workers": settings.workers})
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn shuts down in order, then raises the signal again: told to stop and stopped is no failure.
        signal.signal(number, lambda *_: sys.exit(0))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, listener, owned=descriptor is not None))


async def _serve(settings: Settings, listener: socket.socket, *, owned: bool) -> None:
    queue = _queue(settings)
    if owned:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _end_with_owner)
    try:
        await queue.start()
        config = uvicorn.Config(
            RequestLog(create_app(settings, queue)),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=int(settings.drain_s) + 5,
        )
        await uvicorn.Server(config).serve(sockets=[listener])
    finally:
        await queue.close()


def _queue(settings: Settings) -> Queue:
    if settings.redis_url is None:
        return EmbeddedQueue(settings)
    from evaluator.queueing.distributed import RedisQueue  # RQ takes a third of a second to import

    return RedisQueue(settings, settings.redis_url)


def _end_with_owner() -> None:
    if not os.read(sys.stdin.fileno(), 1):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        signal.raise_signal(signal.SIGTERM)
