"""Bodies that are large, or of very many values, are read in a process of their own: see ``reader``."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import defaultdict

from evaluator.api.reader import SIZE, BodySummary, Form, ReadRequest
from evaluator.checking.text import count_elements
from evaluator.errors import BodyTooComplex, Refusal
from evaluator.settings import Settings
from evaluator.suites import SuiteStore
from sandbox.limits import MIB

_LARGE_BYTES, _DENSE_BYTES, _DENSE_VALUES = MIB, 64 * 1024, 20_000
"""A chunk of a client's has fewer, commas in its programs counted too."""
_LONGEST_S = 120.0


def is_large(body: bytes) -> bool:
    """Tell if reading a body here would hold everybody else up."""
    if len(body) <= _DENSE_BYTES:
        return False
    return len(body) > _LARGE_BYTES or count_elements(body) > _DENSE_VALUES


class LargeBodies:
    """Reads one body at a time; of several senders each has its turn. All methods are called from the event loop's
    thread."""

    def __init__(self, settings: Settings, store: SuiteStore) -> None:
        self._settings, self._store = settings, store
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def read(
        self, sender: str, form: Form, body: bytes, suite_id: str | None = None
    ) -> tuple[BodySummary, list[bytes]]:
        """Return the summary of a body, and its submissions as JSON. Their suites are stored, and named in them.

        Raises:
            BodyTooComplex: reading it took too much memory or time.
            Refusal: anything else that is wrong with it.
            OSError: no process can be started.
        """
        request = ReadRequest(form=form, suite_id=suite_id).model_dump_json().encode()
        async with self._turns[sender], self._turn:
            stdin, stdout = await self._pipes()
            try:
                async with asyncio.timeout(_LONGEST_S):
                    answer = await _ask(stdin, stdout, request, body)
            except (
                TimeoutError,
                OSError,
                asyncio.IncompleteReadError,
            ) as error:  # the reader says of all else what it is
                await self.close()
                raise BodyTooComplex("reading it took too much memory or time; send less at once") from error
            except BaseException:
                await self.close()  # what it says next is an answer to nobody
                raise
            first, *lines = answer.split(b"\n")
            summary = BodySummary.model_validate_json(first)
            if summary.last:
                await self.close()
        if summary.problem is not None:
            raise Refusal(summary.problem)
        for suite_id, mode in summary.suites.items():
            self._store.remember(suite_id, mode)
        return summary, lines

    async def _pipes(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        """Return stdin and stdout of a process that lives: the former body may have been the last of its process."""
        process = self._process
        if process is None or process.stdout is None or process.stdout.at_eof() or process.returncode is not None:
            await self.close()
            process = self._process = await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        return process.stdin, process.stdout

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "evaluator.api.reader"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MIB,
        )
        assert process.stdin is not None
        settings = self._settings.model_dump_json().encode()
        process.stdin.write(SIZE.pack(len(settings)) + settings)
        return process

    async def close(self) -> None:
        """Leave no process behind."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _ask(stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, request: bytes, body: bytes) -> bytes:
    for part in (request, body):
        stdin.write(SIZE.pack(len(part)))
        stdin.write(part)
        await stdin.drain()
    (size,) = SIZE.unpack(await stdout.readexactly(SIZE.size))
    return await stdout.readexactly(size)
