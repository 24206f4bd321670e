"""The slots of a sandbox: one for each purpose and runtime, made when first needed, replaced when it breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from sandbox.calibrator import CpuCalibrator
from sandbox.execution import EXECUTABLES, Program, SlotFailed
from sandbox.isolation import IsolationTooWeak, Tier
from sandbox.runtime import Runtime
from sandbox.slot import Slot

_Role = Literal["program", "author", "compiler"]
_LIBRARY = "numpy"
"""A library that many programs import, which takes longer than most of them run."""
_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t][^#\n]*\b" + _LIBRARY.encode() + rb"\b", re.MULTILINE)


class SlotPool:
    """Slots of one tier. Not for use from several threads.

    A compiler needs more room than programs. The author's programs talk with a submission, or judge what it left.
    """

    def __init__(self, first: Slot, runtimes: Mapping[str, Runtime], *, compiler_bytes: int) -> None:
        """``first`` is for programs of the runtime "". ``compiler_bytes`` is the room of a compiler."""
        self.tier = first.tier
        self._runtimes = {**runtimes, EXECUTABLES: runtimes[""].for_executables()}
        if (with_library := runtimes[""].with_library(_LIBRARY)) is not None:
            self._runtimes[_LIBRARY] = with_library
        self._compiler_bytes = compiler_bytes
        self._slots: dict[tuple[_Role, str], Slot] = {("program", ""): first}
        self.interrupt: int | None = None
        """As of ``Slot``, for runs that count against a submission's limits."""
        self.calibrator = CpuCalibrator()
        self.slots_discarded = 0
        """Slots that broke, or could not prove that nothing of a run was left, and were replaced."""

    def close(self) -> None:
        """End the slots and everything in them."""
        while self._slots:
            self._slots.popitem()[1].close()

    def of_program(self, program: Program) -> Slot:
        """The slot for a submission's program: of its runtime, with the library where the program imports it."""
        runtime = program.runtime
        if runtime == "" and _LIBRARY in self._runtimes and _imports_library(program.files):
            runtime = _LIBRARY
        return self._for_submission(self._slot("program", runtime))

    def of_author(self, program: Program) -> Slot:
        """The slot for a program of the suite's author."""
        return self._slot("author", program.runtime)

    def of_compiler(self) -> Slot:
        """The slot for compilers."""
        if ("compiler", "") not in self._slots:
            runtime = self._runtimes[EXECUTABLES]
            self._slots["compiler", ""] = Slot(self.tier, runtime, box_bytes=self._compiler_bytes)
        return self._for_submission(self._slots["compiler", ""])

    def clear(self) -> None:
        """Remove what programs left behind in their slots."""
        with self.replacing():
            for (role, _), slot in self._slots.items():
                if role != "compiler":
                    slot.refresh()

    def discard(self) -> None:
        """Throw the slots away; the next run gets new ones."""
        self.slots_discarded += 1
        self.close()

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """Throw the slots away if one cannot prove itself clean, or breaks."""
        try:
            yield
        except SlotFailed:
            self.discard()
            raise

    def _slot(self, role: _Role, runtime: str) -> Slot:
        if (role, runtime) not in self._slots:
            self._slots[role, runtime] = Slot(self.tier, self._runtimes[runtime])
        return self._slots[role, runtime]

    def _for_submission(self, slot: Slot) -> Slot:
        slot.interrupt = self.interrupt
        slot.calibrator = self.calibrator if self.calibrator.is_calibrated else None
        return slot


def _imports_library(files: Mapping[str, bytes]) -> bool:
    """Tell by the text of a program's sources, unless a file beside them would be imported in the library's place."""
    if any(name.split("/")[0].split(".")[0] == _LIBRARY for name in files):
        return False
    sources = [data for name, data in files.items() if name.endswith(".py") and _LIBRARY.encode() in data]
    return any(_IMPORT.search(source) is not None for source in sources)


def strongest(runtime: Runtime, minimum: Tier) -> Slot:
    """Make a slot of the first tier that works, found by trying.

    Raises:
        IsolationTooWeak: no tier from ``minimum`` up works here; the message has each one's reason.
    """
    reasons = []
    for tier in Tier:
        try:
            return Slot(tier, runtime)
        except SlotFailed as error:
            reasons.append(str(error))
        if tier is minimum:
            break
    raise IsolationTooWeak(
        f"No isolation tier from {minimum.value!r} up works on this host. Tried: {'. '.join(reasons)}. "
        "`microcoder doctor` tries every mechanism. A weaker minimum must be asked for by name "
        "(MICROCODER_MIN_ISOLATION=process is for development only)."
    )
