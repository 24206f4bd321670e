"""An event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")


class BackgroundLoop:
    """Runs until it is stopped. The thread is a daemon: it never keeps a process from ending."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="microcoder-client", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """It still takes coroutines."""
        return not self._loop.is_closed()

    def submit(self, coroutine: Coroutine[Any, Any, _Answer]) -> Future[_Answer]:
        """Have a coroutine run."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop(self, last: Coroutine[Any, Any, None], *, wait: bool = True) -> None:
        """Cancel what runs, run ``last``, and end the thread."""
        self.submit(self._wind_up(last))
        if wait:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _wind_up(self, last: Coroutine[Any, Any, None]) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        try:
            await last
        finally:
            self._loop.stop()
