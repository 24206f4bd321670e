"""Programs made ready to run: compiled where their language asks for it, and kept for the next time."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox import identity
from sandbox.execution import Executable, Execution, Limit, Program, PythonScript
from sandbox.kernel import memory_file
from sandbox.limits import MIB, RunLimits
from sandbox.pool import SlotPool
from sandbox.prepared import Prepared
from sandbox.scheduler import RunResult, RunScheduler
from sandbox.store import HashStore
from sandbox.toolchain import Language, Preparation, located

_MAX_LOG_BYTES = 16 * 1024
_PREPARED_BYTES = 256 * MIB
_COMPILER_BYTES = 256 * MIB
"""Room for what a compiler writes beside the program that it makes and the objects of which it links that."""
_WITHOUT_ROOM = re.compile(rb"no space left on device|file size limit exceeded|file too large|bus error", re.IGNORECASE)
"""Words of compilers and linkers that cannot write what they would, or of those that started them."""
_PREPARED_FILE, _PREPARING_FACTOR = "prepared", 3
"""The source of what is made beforehand is our own, and takes as long as two or three programs."""
_MIN_HEAP_MB = 8
_SIZE_PREFIX = struct.Struct("<q")
"""Length prefix of a cached program."""
_OVER_LIMIT: Mapping[Limit | None, str] = {
    Limit.CPU: "the compiler used more CPU time than it may",
    Limit.WALL: "the compiler took longer than it may",
    Limit.MEMORY: "the compiler used more memory than it may",
}


class CompileFailed(Exception):
    """The compiler refused the program, or was stopped by a limit. ``log`` is what it said; ``cpu_s`` what it used."""

    def __init__(self, log: str, cpu_s: float, stopped_by: Limit | None = None) -> None:
        super().__init__(log)
        self.log, self.cpu_s, self.stopped_by = log, cpu_s, stopped_by

    def __reduce__(self) -> tuple[type[CompileFailed], tuple[str, float, Limit | None]]:
        return CompileFailed, (self.log, self.cpu_s, self.stopped_by)


@dataclass(frozen=True, slots=True)
class Built:
    """A program ready to run, what the compiler said of it and what it used (0 s when it was cached)."""

    program: Program
    log: str = ""
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CompilerLimits:
    """Bounds of all compilers: those of one of a language with factor 1, whose program is a file to be collected, and
    the ``factors`` that replace those of the table, by the languages' names."""

    base: RunLimits
    factors: Mapping[str, float]

    def of(self, language: Language) -> RunLimits:
        """The limits of that language's compiler."""
        factor = self.factors.get(language.name, language.compile_factor)
        return self.base._replace(cpu_s=factor * self.base.cpu_s, wall_s=factor * self.base.wall_s)

    @property
    def room_bytes(self) -> int:
        """Scratch space of a compiler."""
        return 2 * self.base.collect_bytes + _COMPILER_BYTES


class Builder:
    """Compiles programs in the pool's slot for compilers. Not for use from several threads."""

    def __init__(
        self, scheduler: RunScheduler, pool: SlotPool, limits: CompilerLimits, store: HashStore, prepared: Prepared
    ) -> None:
        self._scheduler, self._pool, self._limits = scheduler, pool, limits
        self._store, self._prepared = store, prepared

    @contextmanager
    def build(
        self, language: Language, source: bytes, limits: RunLimits, others: Mapping[str, bytes], units: tuple[str, ...]
    ) -> Iterator[Built]:
        """Build a program, as ``Sandbox.build`` says."""
        name = language.file_name(source)
        files = {**others, name: source}
        if not language.compile:
            yield Built(_ready(language, limits, files))
            return
        binary, log, cpu_s = self._compiled(language, files, (name, *units))
        if language.run:
            yield Built(_ready(language, limits, {language.artefact: bytes(binary)}), log, cpu_s)
            return
        executable = memory_file.sealed(language.artefact, [binary])
        del binary  # it may be large, and is not needed for as long as its tests run
        try:
            yield Built(_ready(language, limits, {}, executable), log, cpu_s)
        finally:
            os.close(executable)

    def _compiled(
        self, language: Language, files: Mapping[str, bytes], sources: tuple[str, ...]
    ) -> tuple[memoryview, str, float]:
        """The compiled program from the store, else from the compiler, with its log and CPU time."""
        key = self._key(language, files, sources)
        binary = self._cached(key)
        if binary is not None:
            return binary, "", 0.0
        binary, log, cpu_s = self._compile(language, files, sources)
        self._store.put(key, _SIZE_PREFIX.pack(len(binary)) + binary)
        return binary, log, cpu_s

    def _key(self, language: Language, files: Mapping[str, bytes], sources: tuple[str, ...]) -> str:
        others = [part for name, data in sorted(files.items()) if name != sources[0] for part in (name, data.hex())]
        made_by = (identity.SANDBOX, _compiler_version(language), str(self._limits.of(language)), language.name)
        return HashStore.key(*made_by, *language.compile, *sources, files[sources[0]].hex(), *others)

    def _cached(self, key: str) -> memoryview | None:
        """A program that was compiled before, unless the disk has not all of it, as after a power cut."""
        data = self._store.get(key)
        if data is None or data[: _SIZE_PREFIX.size] != _SIZE_PREFIX.pack(len(data) - _SIZE_PREFIX.size):
            return None
        return memoryview(data)[_SIZE_PREFIX.size :]

    def _compile(
        self, language: Language, files: Mapping[str, bytes], sources: tuple[str, ...]
    ) -> tuple[memoryview, str, float]:
        source, *units = sources
        version = _compiler_version(language)
        template = self._prepared.command(
            language, version, files[source], lambda preparation: self._prepare(language, preparation)
        )
        command = _with_units(located(template, source=source, stem=source.rsplit(".", 1)[0]), source, units)
        program = Executable(command, files, collect=(language.artefact,), environment=language.environment)
        execution = self._run_compiler(program, self._limits.of(language))
        log = (execution.stdout + execution.stderr)[:_MAX_LOG_BYTES].decode(errors="replace")
        binary = execution.collected.get(language.artefact)
        if not execution.clean or binary is None:
            message = f"{self._excess(execution)}\n{log}".strip()
            raise CompileFailed(message or "the compiler made no program", execution.cpu_s, execution.stopped_by)
        return memoryview(binary), log, execution.cpu_s

    def _prepare(self, language: Language, preparation: Preparation) -> bytes | None:
        """Make what this compiler wants beforehand, of our own source; None where it cannot be made within what a slot
        can hold."""
        files = {language.source: preparation.source.encode()}
        program = Executable(
            located(preparation.command), files, collect=(_PREPARED_FILE,), environment=language.environment
        )
        limits = self._limits.of(language)
        generous = limits._replace(
            cpu_s=_PREPARING_FACTOR * limits.cpu_s,
            wall_s=_PREPARING_FACTOR * limits.wall_s,
            collect_bytes=_PREPARED_BYTES,
        )
        execution = self._run_compiler(program, generous)
        return execution.collected.get(_PREPARED_FILE) if execution.clean else None

    def _run_compiler(self, program: Program, limits: RunLimits) -> Execution:
        def run(bounds: RunLimits) -> RunResult:
            return self._pool.of_compiler().run(program, bounds), None

        return self._scheduler.run(limits, run, may_be_exclusive=False)[0]

    def _excess(self, execution: Execution) -> str:
        """The bound that kept a compiler from making a program; nothing where none did."""
        base = self._limits.base
        program_mib, all_mib = base.collect_bytes // MIB, self._limits.room_bytes // MIB
        room = f"a program may have {program_mib} MiB, and all that a compiler writes {all_mib} MiB"
        if execution.oversize:
            return f"the program that the compiler made is too large: {room}"
        messages = execution.stdout + execution.stderr
        if len(messages) >= base.output_bytes:
            return f"the compiler said more than {base.output_bytes // MIB} MiB"
        if execution.stopped_by is Limit.OUTPUT or _WITHOUT_ROOM.search(messages):
            return f"the compiler wrote more than it may: {room}"
        return _OVER_LIMIT.get(execution.stopped_by, "")


def _with_units(command: tuple[str, ...], source: str, units: Sequence[str]) -> tuple[str, ...]:
    """A compiler's command that names further sources after the main one. No name of theirs is taken for an option."""
    place = command.index(source) + 1 if units else len(command)
    return (*command[:place], *(f"./{unit}" for unit in units), *command[place:])


def _compiler_version(language: Language) -> str:
    """Tell one compiler from another: its file's identity is enough, and costs no run."""
    status = os.stat(located(language.version)[0])
    return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


def _ready(language: Language, limits: RunLimits, files: Mapping[str, bytes], descriptor: int | None = None) -> Program:
    """A program that starts by the table's command, as what was compiled, or in the warm interpreter."""
    environment, signs = language.environment, language.out_of_memory
    if language.run:
        memory_mb = max(_MIN_HEAP_MB, limits.memory_bytes // MIB - language.memory_overhead_mb)
        command = located(language.run, memory_mb=str(memory_mb))
        return Executable(command, files, environment=environment, out_of_memory=signs, descriptor=descriptor)
    if descriptor is None:
        return PythonScript((language.source,), files, environment=environment, out_of_memory=signs)
    argv = (f"./{language.artefact}",)
    return Executable(argv, files, environment=environment, out_of_memory=signs, descriptor=descriptor)
