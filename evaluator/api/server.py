"""Runs the service under uvicorn until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys

import uvicorn

from evaluator.api.app import create_app
from evaluator.api.middleware import RequestLog
from evaluator.log import configure
from evaluator.settings import Settings

_log = logging.getLogger(__name__)
_BACKLOG = 2048


class ServerFailed(Exception):
    """The service could not start; the log has the reason."""


def serve(settings: Settings, descriptor: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT; then finish what was taken in, for as long as the settings say.

    ``descriptor`` is a listening socket that was inherited; without it, one is opened at the settings' address.

    Raises:
        ServerFailed: no worker can work here.
        OSError: the address is taken, or not ours.
    """
    configure(settings.log_level)
    if descriptor is not None:
        listener = socket.socket(fileno=descriptor)
    else:
        listener = socket.create_server((settings.host, settings.port), backlog=_BACKLOG)
    host, port = listener.getsockname()[:2]
    _log.info("listening", extra={"url": f"http://{host}:{port}", "workers": settings.workers})
    config = uvicorn.Config(
        RequestLog(create_app(settings)),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.drain_s) + 5,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn shuts down in order, then raises the signal again: told to stop and stopped is no failure.
        signal.signal(number, lambda *_: sys.exit(0))
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    if not server.started:
        raise ServerFailed("the service did not start; the log above says why")
