"""Runs the service under uvicorn until it is told to stop."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from evaluator.api.app import create_app
from evaluator.api.authentication import Accounts
from evaluator.api.connection import bounded_connection
from evaluator.api.middleware import RequestLog
from evaluator.api.supervisor import supervise
from evaluator.counts import Counts
from evaluator.installation import install_command
from evaluator.jobs.service import Jobs
from evaluator.keys import Keys
from evaluator.languages import ask_toolchains, missing_packages
from evaluator.log import configure
from evaluator.memory import settle
from evaluator.queueing.base import Queue
from evaluator.queueing.broker import Broker
from evaluator.queueing.embedded import EmbeddedQueue
from evaluator.queueing.worker_start import Started, fork_workers
from evaluator.settings import Settings

if TYPE_CHECKING:
    from evaluator.tracing import Traces

_log = logging.getLogger(__name__)
_BACKLOG = 2048


class WouldBeOpen(Exception):
    """Everybody on the network could run programs here, since there are no keys."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"whoever reaches {host} could run programs here. Make keys (`microcoder keys new NAME --file keys.toml`) "
            "and set MICROCODER_KEYS_FILE; or say that this is meant, as behind a proxy that asks for keys: "
            "MICROCODER_ALLOW_OPEN=true"
        )


class NotShareable(Exception):
    """Several API processes cannot serve a system, since its state lies in one of them."""

    def __init__(self, system: str) -> None:
        super().__init__(
            f"several API processes cannot serve {system}'s clients, whose tokens one process has to keep: leave it "
            "out of MICROCODER_COMPAT, or set MICROCODER_API_PROCESSES to 1"
        )


class TracesMissing(Exception):
    """The package that sends traces is not installed."""


def serve(settings: Settings, descriptor: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT; then finish what was taken in, for as long as the settings say.

    ``descriptor`` is a listening socket that was inherited; without it, one is opened at the settings' address. Who
    hands one over holds the other end of our standard input: the service ends with its owner, however that ends.

    Raises:
        WorkerRefused: no worker can work here.
        RedisRefused: what answers at the Redis's URL cannot be used.
        KeysUnusable: the keys file cannot be read.
        TracesMissing: traces are asked for.
        NotShareable: several API processes are asked for, and a system that they cannot serve.
        ApiProcessesFailed: several API processes are asked for, and they do not start.
        WouldBeOpen: others could reach the service, no keys are configured, and nobody has said that this is meant.
        OSError: the address is taken, or not ours.
    """
    configure(settings.log_level)
    settings = _shareable(settings)
    if settings.keys_file:
        Keys(settings.keys_file)
    if descriptor is not None:
        listener = socket.socket(fileno=descriptor)
        listener.set_inheritable(False)  # the workers are not to keep the address when this process dies
    else:
        listener = socket.create_server((settings.host, settings.port), backlog=_BACKLOG)
    host, port = listener.getsockname()[:2]
    if settings.keys_file is None and not settings.allow_open and not _is_loopback(host):
        listener.close()
        raise WouldBeOpen(host)
    started: list[Started] = []
    judges: dict[str, object] = {"workers": settings.workers}
    if settings.redis_url is None:
        ask_toolchains(settings)
        started = fork_workers(settings.workers)
    else:
        judges = {"redis": _look_at_redis(settings.redis_url)}
    traces = open_traces(settings)  # it has threads
    _log.info("listening", extra={"url": f"http://{host}:{port}", **judges})
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn shuts down in order, then raises the signal again: told to stop and stopped is no failure.
        signal.signal(number, lambda *_: sys.exit(0))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_serve(settings, started, listener, traces, owned=descriptor is not None))
        finally:
            if traces is not None:
                traces.close()


async def _serve(
    settings: Settings, started: list[Started], listener: socket.socket, traces: Traces | None, *, owned: bool
) -> None:
    if settings.api_processes == 1:
        await run(settings, listener, _queue(settings, started), Counts(), traces, owned=owned)
        return
    if owned:
        watch_owner()
    broker = Broker(EmbeddedQueue(settings, started)) if settings.redis_url is None else None
    await supervise(settings, listener, broker)


async def run(
    settings: Settings,
    listener: socket.socket,
    queue: Queue,
    counts: Counts,
    traces: Traces | None,
    *,
    owned: bool,
    when_started: Callable[[], None] = lambda: None,
) -> None:
    """Answer requests in this process until it is told to stop. ``owned``: it ends when its standard input does."""
    jobs, large = None, None
    if owned:
        watch_owner()
    try:
        await queue.start()
        if not owned and settings.redis_url is None:  # with Redis the workers say so
            for sentence in missing_packages(queue.languages.packages):
                _log.warning(sentence)
        accounts = Accounts(Keys(settings.keys_file), counts) if settings.keys_file else None
        app = create_app(settings, queue, counts, accounts, traces)
        jobs, large = app.state.jobs, app.state.large
        await jobs.start()
        settle()
        config = uvicorn.Config(
            RequestLog(app),
            http=bounded_connection(most=settings.client_connections, head_s=settings.head_s, stall_s=settings.stall_s),
            ws="none",  # nothing here speaks it, and a connection that is upgraded leaves all bounds behind
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=int(settings.drain_s) + 5,
        )
        server = _Server(config, jobs, app.state.leaving, settings.leave_s, when_started)
        await server.serve(sockets=[listener])
    finally:
        await queue.close()
        if large is not None:
            await large.close()
        if jobs is not None:
            await jobs.close()


class _Server(uvicorn.Server):
    """Says that it leaves, and only then stops listening: who balances requests needs a moment to notice."""

    def __init__(
        self,
        config: uvicorn.Config,
        jobs: Jobs,
        leaving: asyncio.Event,
        leave_s: float,
        when_started: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._jobs, self._when_started = jobs, when_started
        self._leaving, self._leave_s = leaving, leave_s
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop; a second one hurries."""
        again = self._leaving.is_set()
        self._loop.call_soon_threadsafe(self._leaving.set)
        if again or not self._leave_s:
            super().handle_exit(sig, frame)
        else:
            _log.info("leaving", extra={"stops_listening_in_s": self._leave_s})
            self._loop.call_soon_threadsafe(self._loop.call_later, self._leave_s, super().handle_exit, sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self._when_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Whoever waits for a job is let go first, since the server waits until all are answered."""
        self._jobs.drain()
        await super().shutdown(sockets)


def _shareable(settings: Settings) -> Settings:
    """Leave out what several API processes cannot serve."""
    if settings.api_processes == 1 or "judge0" not in settings.compat:
        return settings
    if "compat" in settings.model_fields_set:
        raise NotShareable("judge0")
    _log.warning("several API processes do not serve Judge0's clients, whose tokens one process has to keep")
    return settings.model_copy(update={"compat": tuple(name for name in settings.compat if name != "judge0")})


def _is_loopback(host: str) -> bool:
    """Tell if only this machine can reach the address; a socket of the file system has none."""
    return not host or ipaddress.ip_address(host.partition("%")[0]).is_loopback


def open_traces(settings: Settings) -> Traces | None:
    """Return the spans of this process, if the settings ask for them.

    Raises:
        TracesMissing
    """
    if not settings.traces:
        return None
    try:
        from evaluator.tracing import Traces
    except ModuleNotFoundError as error:
        raise TracesMissing(
            f"MICROCODER_TRACES needs {error.name}, which is not installed: {install_command('traces')}"
        ) from error
    return Traces()


def _look_at_redis(url: str) -> str:
    """Look whether Redis is there, and return its address. Workers may be anywhere, and come later.

    Raises:
        RedisRefused: what answers cannot be used.
    """
    from evaluator.queueing.reachability import RedisWatch  # Redis's client is slow to import

    watch = RedisWatch(url)
    watch.first()
    return watch.address


def _queue(settings: Settings, started: Iterable[Started]) -> Queue:
    if settings.redis_url is None:
        return EmbeddedQueue(settings, started)
    from evaluator.queueing.distributed import RedisQueue  # RQ takes a third of a second to import

    return RedisQueue(settings, settings.redis_url)


def watch_owner() -> None:
    """End in order when standard input ends, whose other end the owner of this process has."""
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _end_with_owner)


def _end_with_owner() -> None:
    if not os.read(sys.stdin.fileno(), 1):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        signal.raise_signal(signal.SIGTERM)
