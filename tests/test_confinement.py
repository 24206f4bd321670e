"""Work in a process of its own: what it returns, and what ends it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import faulthandler
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.confinement import OverLimit, WorkBounds, run_confined
from evaluator.extraction import extract
from evaluator.extraction.bounded import LONG, Extractor, extract_bounded
from sandbox.build import CompileFailed
from sandbox.kernel import processes
from sandbox.limits import MIB

BOUNDS = WorkBounds(cpu_s=60, memory_bytes=256 * MIB)
SHORT = WorkBounds(cpu_s=1, memory_bytes=256 * MIB)


def spin() -> None:
    while True:
        pass


def fault() -> None:
    faulthandler.disable()  # it would tell of it
    ctypes.string_at(0)


def refuse() -> None:
    raise CompileFailed("no", 1.5)


def test_work_returns_what_it_would_return_in_place() -> None:
    text = "half of a pair: \ud83d" + "a" * (3 * MIB)
    assert run_confined(lambda: {"text": text}, BOUNDS) == {"text": text}


def test_what_the_work_changes_stays_in_its_process() -> None:
    seen: list[int] = []
    run_confined(lambda: seen.append(1), BOUNDS)
    assert seen == []


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(CompileFailed) as raised:
        run_confined(refuse, BOUNDS)
    assert (raised.value.log, raised.value.cpu_s) == ("no", 1.5)


@pytest.mark.parametrize(
    ("work", "bounds", "said"),
    [
        (spin, SHORT, "more than 1 s"),
        (lambda: bytearray(512 * MIB), BOUNDS, "more than 256 MiB of memory"),
        (lambda: [[] for _ in range(1 << 30)], BOUNDS, "more than 256 MiB of memory"),
        (fault, BOUNDS, "more stack than there is"),
    ],
    ids=["time", "memory at once", "memory bit by bit", "a fault"],
)
def test_work_beyond_its_bounds_is_ended(work: Callable[[], object], bounds: WorkBounds, said: str) -> None:
    with pytest.raises(OverLimit, match=said):
        run_confined(work, bounds)


def test_nothing_is_left_of_work_that_was_ended() -> None:
    descriptors, children = set(Path("/proc/self/fd").iterdir()), set(processes.children(os.getpid()))
    for work in (spin, lambda: bytearray(512 * MIB), lambda: None):
        with contextlib.suppress(OverLimit):
            run_confined(work, SHORT)
    # What earlier tests have left may go meanwhile.
    assert set(Path("/proc/self/fd").iterdir()) <= descriptors
    assert set(processes.children(os.getpid())) <= children


LONG_ANSWER = "I think.\n" * (LONG // 8) + "```python\nprint('\ud83d')\n```\n"


def test_a_long_answer_has_the_program_that_it_has_in_place() -> None:
    assert extract_bounded(LONG_ANSWER, "python") == extract(LONG_ANSWER, "python") == "print('\ud83d')\n"


def test_an_event_loop_gets_the_same_program() -> None:
    answers = ["```python\nprint(1)\n```", LONG_ANSWER, "I do not know.", "I do not know.\n" * (LONG // 8)]

    async def found() -> list[str | None]:
        extractor = Extractor(processes=1)
        return await asyncio.gather(*(extractor.extract(answer, "python") for answer in answers))

    assert asyncio.run(found()) == [extract(answer, "python") for answer in answers]
