"""One of several API processes, which ``supervisor`` has started. ``argv`` has the descriptors of the listening socket,
of the socket to the broker and of the shared counts, and this process's number; the first line of its input has the
settings. It writes a line once it answers requests."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvloop

from evaluator.api.server import open_traces, run
from evaluator.counts import SharedCounts
from evaluator.log import configure
from evaluator.queueing.base import Queue
from evaluator.queueing.brokered import BrokeredQueue
from evaluator.settings import Settings

if TYPE_CHECKING:
    from evaluator.tracing import Traces


def main() -> None:
    """Answer requests until the process is told to stop, or its owner has ended."""
    listener, broker = (socket.socket(fileno=int(descriptor)) for descriptor in sys.argv[1:3])
    for inherited in (listener, broker):
        inherited.set_inheritable(False)
    settings = Settings.model_validate_json(_line())
    configure(settings.log_level)
    counts = SharedCounts(int(sys.argv[3]), settings.api_processes, int(sys.argv[4]))
    os.set_inheritable(int(sys.argv[3]), False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    traces = open_traces(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_answer(settings, listener, broker, counts, traces))
        finally:
            if traces is not None:
                traces.close()


async def _answer(
    settings: Settings, listener: socket.socket, broker: socket.socket, counts: SharedCounts, traces: Traces | None
) -> None:
    queue = _queue(settings, broker, counts)
    await run(settings, listener, queue, counts, traces, owned=True, when_started=_tell)


def _queue(settings: Settings, broker: socket.socket, counts: SharedCounts) -> Queue:
    row = counts.row("queue")
    if settings.redis_url is None:
        return BrokeredQueue(settings, broker, row)
    from evaluator.queueing.distributed import RedisQueue  # RQ takes a third of a second to import

    return RedisQueue(settings, settings.redis_url, row)


def _line() -> bytes:
    """Read the first line of standard input, and not a byte more: whoever waits for its end reads the descriptor."""
    line = bytearray()
    while not line.endswith(b"\n") and (byte := os.read(sys.stdin.fileno(), 1)):
        line += byte
    return bytes(line)


def _tell() -> None:
    os.write(sys.stdout.fileno(), b"ready\n")


if __name__ == "__main__":
    main()
