"""Work is done for as long as its client listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request

from evaluator.errors import ClientGone

R = TypeVar("R")


async def cancel_on_disconnect(request: Request, work: Awaitable[R]) -> R:
    """Return the result of ``work``, and cancel it when the client leaves. The request's body must have been read.

    Raises:
        ClientGone: nobody waits for it any more.
    """
    # The body has been read: what comes next, if anything, is that the client has gone.
    gone = asyncio.ensure_future(request.receive())
    done = asyncio.ensure_future(work)
    done.add_done_callback(lambda it: it.cancelled() or it.exception())  # nobody may be left to ask for it
    try:
        await asyncio.wait((gone, done), return_when=asyncio.FIRST_COMPLETED)
        if not done.done():
            raise ClientGone("before there was an answer")
        return done.result()
    finally:
        gone.cancel()
        done.cancel()
