"""Waiting for what the queue does, for as long as somebody waits for us."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from evaluator.api import body
from evaluator.errors import QueueFull

R = TypeVar("R")
_CLIENT_CLOSED_REQUEST = 499
"""Never sent to anybody; for the log."""
HELD_S = 600.0
"""How long a request may wait for room in the queue, where its client would take "too busy" for a verdict."""
_LOOK_AGAIN_S = 0.05


async def while_heard(
    request: Request, waited_for: Sequence[asyncio.Future[R]], answer: Callable[[list[R]], BaseModel]
) -> Response:
    """The answer, once all of it is there. What nobody waits for any more is not done."""
    # The body has been read: what comes next, if anything, is that the client has gone.
    gone = asyncio.ensure_future(request.receive())
    everything = asyncio.gather(*waited_for)
    everything.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to ask for it
    try:
        await asyncio.wait((gone, everything), return_when=asyncio.FIRST_COMPLETED)
        if not everything.done():
            return Response(status_code=_CLIENT_CLOSED_REQUEST)
        return Response(answer(everything.result()).model_dump_json(), media_type=body.JSON)
    finally:
        gone.cancel()
        drop(waited_for)
        everything.cancel()


def drop(waited_for: Sequence[asyncio.Future[R]]) -> None:
    """What still waits is not worth doing: its client is gone, or a fault has ended the request."""
    for each in waited_for:
        each.cancel()


async def held(take: Callable[[], R]) -> R:
    """What the queue takes in, once it has room.

    Raises:
        QueueFull: it has had none for ``HELD_S`` seconds.
    """
    deadline = time.monotonic() + HELD_S
    while True:
        try:
            return take()
        except QueueFull:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(_LOOK_AGAIN_S)
