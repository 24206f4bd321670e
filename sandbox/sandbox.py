"""The sandbox: programs of any language in the table, in a slot that is replaced when it breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.execution import Execution, Limit, Program
from sandbox.isolation import IsolationTooWeak, Tier
from sandbox.kernel import memory_file
from sandbox.limits import MIB, Limits
from sandbox.slot import Runtime, Slot, SlotFailed
from sandbox.store import HashStore
from sandbox.toolchain import Language, located

COMPILE_LIMITS = Limits(cpu_s=30.0, wall_s=90.0, memory_bytes=2048 * MIB, output_bytes=64 * MIB, processes=64)
_LOG_BYTES = 16 * 1024
_ARTEFACT = "main"


class CompileFailed(Exception):
    """The compiler refused the program. ``log`` is what it said; ``cpu_s`` what it used."""

    def __init__(self, log: str, cpu_s: float) -> None:
        super().__init__(log)
        self.log, self.cpu_s = log, cpu_s


@dataclass(frozen=True, slots=True)
class Built:
    """A program ready to run, what the compiler said of it and what it used (0 s when it was cached)."""

    program: Program
    log: str = ""
    cpu_s: float = 0.0


class Sandbox:
    """One slot of the strongest tier that the host grants. Not for use from several threads."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        minimum: Tier = Tier.LANDLOCK,
        cache: Path,
        cache_bytes: int = 2048 * MIB,
        compile_limits: Limits = COMPILE_LIMITS,
    ) -> None:
        """
        Raises:
            IsolationTooWeak: no tier from ``minimum`` up works here; the message has each one's reason.
        """
        self._runtime = runtime
        self._compiled = HashStore(cache, max_bytes=cache_bytes)
        self._compile_limits = compile_limits
        self._slot: Slot | None = _strongest(runtime, minimum)
        self.tier = self._slot.tier

    def close(self) -> None:
        """End the slot and everything in it."""
        if self._slot is not None:
            self._slot.close()
            self._slot = None

    def run(self, program: Program, limits: Limits, stdin: bytes = b"") -> Execution:
        """Run one program.

        Raises:
            SlotFailed: a fault of ours; the slot has been thrown away and the next run gets a new one.
        """
        if self._slot is None:
            self._slot = Slot(self.tier, self._runtime)
        try:
            return self._slot.run(program, limits, stdin)
        except SlotFailed:
            self.close()
            raise

    @contextmanager
    def built(self, language: Language, source: bytes) -> Iterator[Built]:
        """A program from one source file; compiled, or found compiled, where the language asks for it.

        Raises:
            CompileFailed: the compiler refused it or went over its limits.
            SlotFailed: a fault of ours.
        """
        if not language.compile:
            argv = located(language.run) if language.run else (language.source,)
            yield Built(Program(argv, {language.source: source}, python=not language.run))
            return
        key = HashStore.key(*language.compile, self._compiler_version(language), source.hex())
        binary, log, cpu_s = self._compiled.get(key), "", 0.0
        if binary is None:
            binary, log, cpu_s = self._compile(language, source)
            self._compiled.put(key, binary)
        executable = memory_file.sealed(_ARTEFACT, [binary])
        try:
            yield Built(Program((f"./{_ARTEFACT}",), executable=executable), log, cpu_s)
        finally:
            os.close(executable)

    def _compile(self, language: Language, source: bytes) -> tuple[bytes, str, float]:
        program = Program(located(language.compile), {language.source: source}, collect=(_ARTEFACT,))
        execution = self.run(program, self._compile_limits)
        log = (execution.stdout + execution.stderr)[:_LOG_BYTES].decode(errors="replace")
        if execution.stopped_by is not None:
            raise CompileFailed(f"{_OVER_LIMIT[execution.stopped_by]}\n{log}".strip(), execution.cpu_s)
        binary = execution.collected.get(_ARTEFACT)
        if not execution.clean or binary is None:
            raise CompileFailed(log or "the compiler made no program", execution.cpu_s)
        return binary, log, execution.cpu_s

    def _compiler_version(self, language: Language) -> str:
        """What tells one compiler from another: its file's identity is enough, and costs no run."""
        status = os.stat(located(language.compile)[0])
        return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


_OVER_LIMIT = {
    Limit.CPU: "the compiler used more CPU time than it may",
    Limit.WALL: "the compiler took longer than it may",
    Limit.MEMORY: "the compiler used more memory than it may",
    Limit.OUTPUT: "the compiler wrote more than it may",
}


def _strongest(runtime: Runtime, minimum: Tier) -> Slot:
    """A slot of the first tier that works, tried and not guessed."""
    refused = []
    for tier in Tier:
        try:
            return Slot(tier, runtime)
        except SlotFailed as error:
            refused.append(str(error))
        if tier is minimum:
            break
    raise IsolationTooWeak(
        f"No isolation tier from {minimum.value!r} up works on this host. Tried: {'. '.join(refused)}. "
        "`microcoder doctor` tries every mechanism. A weaker minimum must be asked for by name "
        "(MICROCODER_MIN_ISOLATION=process is for development only)."
    )
