"""The sandbox: programs of any language in the table, in a slot that is replaced when it breaks."""

from __future__ import annotations

import dataclasses
import math
import os
import re
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from sandbox import identity
from sandbox.calibrator import CpuCalibrator
from sandbox.contention import MachineLock
from sandbox.execution import Execution, Input, Limit, Program
from sandbox.isolation import IsolationTooWeak, Tier
from sandbox.kernel import memory_file
from sandbox.limits import MIB, Limits
from sandbox.pair import Conversation, LetFinish, run_pair, run_unanswered
from sandbox.prepared import Prepared
from sandbox.several import Following, Given
from sandbox.slot import Runtime, Slot, SlotFailed
from sandbox.store import HashStore
from sandbox.toolchain import Language, Preparation, located

COMPILE_LIMITS = Limits(cpu_s=10.0, wall_s=30.0, memory_bytes=2048 * MIB)
ARTEFACT_BYTES = 256 * MIB
_LOG_BYTES = 16 * 1024
_PREPARED_BYTES = 256 * MIB
_COMPILER_BYTES = 256 * MIB
"""What a compiler has room for beside the program that it makes and the objects of which it links that."""
_WITHOUT_ROOM = re.compile(rb"no space left on device|file size limit exceeded|file too large|bus error", re.IGNORECASE)
"""What compilers and linkers say that cannot write what they would, or those that started them."""
_PREPARED, _PREPARING = "prepared", 3
"""What is made beforehand is our own source, and takes as long as two or three programs."""
_LEAST_HEAP_MB = 8
_SIZE = struct.Struct("<q")
"""Length prefix of a cached program."""
_CPU_GRACE = 1.5
"""By how much others may slow a program down at most: two threads of one core slow each other by less."""
_ALONE, _ALONE_GRACE = 2, 1.1
"""How often a program may show that it keeps its limit when it is alone, and by how much it may miss it for that, in
CPU time and by the clock: on a virtual machine others outside of it still take their share of caches and memory. One
that misses it by more is too slow; all others wait meanwhile, so it is not asked again."""
_ALONE_S = 15.0
"""For how long the programs of one submission may be alone, all together."""
Run = Callable[[Limits], tuple[Execution, Conversation | None]]
"""A program's run within such limits, and its conversation where it has one."""
_NONE: Mapping[str, bytes] = {}
_Role = Literal["program", "author", "compiler"]


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


class Sandbox:
    """Slots of the strongest tier that the host grants. Not for use from several threads."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        runtimes: Mapping[str, Runtime] = MappingProxyType({}),
        minimum: Tier = Tier.LANDLOCK,
        tier: Tier | None = None,
        cache: Path,
        cache_bytes: int = 2048 * MIB,
        compile_limits: Limits = COMPILE_LIMITS,
        compile_factors: Mapping[str, float] = MappingProxyType({}),
        artefact_bytes: int = ARTEFACT_BYTES,
    ) -> None:
        """``runtimes`` are further interpreters, by the names that programs ask for them (``Program.runtime``).

        With ``tier``, in that one and no other. Programs larger than ``artefact_bytes`` count as not compiled.
        ``compile_factors`` replace those of the table, by the languages' names.

        Raises:
            SlotFailed: the host does not grant ``tier``.
            IsolationTooWeak: no tier from ``minimum`` up works here; the message has each one's reason.
        """
        prepared = cache.with_name("prepared")
        prepared.mkdir(parents=True, exist_ok=True)
        runtime = dataclasses.replace(runtime, reads=(*runtime.reads, str(prepared)))
        self._runtimes = {"": runtime, **runtimes}
        self._compiled = HashStore(cache, max_bytes=cache_bytes)
        self._compile_limits = compile_limits._replace(collect_bytes=artefact_bytes)
        self._compile_factors = compile_factors
        self._machine = MachineLock(cache.with_name("machine"))
        try:
            with self._machine.shared():  # whoever is alone is not to have this beside it either
                slot = _strongest(runtime, minimum) if tier is None else Slot(tier, runtime)
        except BaseException:
            self._machine.close()
            raise
        self._calibrator = CpuCalibrator()
        self.tier = slot.tier
        self._slots: dict[tuple[_Role, str], Slot] = {("program", ""): slot}
        """By what they are for and the name of their runtime; made when first needed, but the first. A compiler needs
        more room than programs; the author's programs talk with a submission, or judge what it left."""
        self._prepared = Prepared(prepared, seen=slot.can_show(str(prepared)))
        self._interrupt: int | None = None
        self._holder, self._alone_left_s = "", math.inf
        self.can_share = slot.native
        """Whether ``run_several`` works here: several tests of a process are the helper's in C."""
        self.slots_discarded = 0
        """How often a slot broke, or could not prove that nothing of a run was left, and was replaced."""

    def close(self) -> None:
        """End the slots and everything in them."""
        self._close_slots()
        self._machine.close()

    def interrupt_by(self, descriptor: int) -> None:
        """From now on whatever runs is ended as soon as the descriptor can be read, and ``Interrupted`` is raised."""
        self._interrupt = descriptor

    def _close_slots(self) -> None:
        while self._slots:
            self._slots.popitem()[1].close()

    def compile_limits(self, language: Language) -> Limits:
        """What a compiler of that language may use."""
        factor, limits = self._compile_factors.get(language.name, language.compile_factor), self._compile_limits
        return limits._replace(cpu_s=factor * limits.cpu_s, wall_s=factor * limits.wall_s)

    def run(self, program: Program, limits: Limits, stdin: bytes = b"", expected: bytes = b"") -> Execution:
        """Run one program; ``expected`` as in ``Slot.run``.

        Raises:
            Interrupted: as ``interrupt_by`` has it.
            SlotFailed: a fault of ours; the slot has been thrown away and the next run gets a new one.
        """

        def run(bounds: Limits) -> tuple[Execution, None]:
            return self._program_slot(program).run(program, bounds, stdin, expected), None

        return self._in_turn(limits, run)[0]

    def run_several(
        self, program: Program, limits: Limits, first: Input, following: Following, expected: bytes = b""
    ) -> Execution:
        """As ``Slot.run_several``: a Python program on one input, then on others in the same process.

        Raises:
            SlotFailed: a fault of ours; the slot has been thrown away and the next run gets a new one.
        """

        def run(bounds: Limits) -> tuple[Execution, None]:
            # Only a process's first test is ever run again alone.
            wanted = (lambda _: Given()) if bounds.alone else following
            return self._program_slot(program).run_several(program, bounds, first, wanted, expected), None

        return self._in_turn(limits, run)[0]

    def converse(
        self, program: Program, limits: Limits, judge: Program, judge_limits: Limits, let_finish: LetFinish
    ) -> Conversation:
        """Run a program and a judge's, each in a slot of its own, the output of each the input of the other.

        Once the judge's has ended, the program goes on to its own end where ``let_finish`` says so of the judge's
        execution, and is ended otherwise.

        Raises:
            FilesRefused: the files of one do not fit into its directory.
            SlotFailed: a fault of ours; both slots have been thrown away.
        """

        def run(bounds: Limits) -> tuple[Execution, Conversation]:
            slot, judges = self._program_slot(program), self._author_slot(judge)
            of_judge = judge_limits._replace(wall_s=bounds.wall_s, alone=True) if bounds.alone else judge_limits
            talked = run_pair(slot, program, bounds, judges, judge, of_judge, let_finish)
            return talked.program, talked

        execution, talked = self._in_turn(limits, run)
        assert talked is not None
        return talked._replace(program=execution)

    def run_unanswered(self, judge: Program, limits: Limits) -> Execution | None:
        """Run a judge's program to which nobody says anything. Return how it ended, or None if it waits for input.

        Raises:
            FilesRefused: its files do not fit into its directory.
            SlotFailed: a fault of ours; the slot has been thrown away.
        """
        with self._machine.shared(), self._discarding():
            return run_unanswered(self._author_slot(judge), judge, limits)

    def run_author(self, program: Program, limits: Limits, stdin: bytes = b"") -> Execution:
        """Run a program of the suite's author by itself, in the slot of those.

        Raises:
            FilesRefused: its files do not fit into its directory.
            SlotFailed: a fault of ours; the slot has been thrown away.
        """
        with self._machine.shared(), self._discarding():
            return self._author_slot(program).run(program, limits, stdin)

    @contextmanager
    def of_submission(self, holder: str) -> Iterator[None]:
        """What runs meanwhile is of one submission, and of the holder of that key. ("": no keys are asked for.)"""
        before = self._holder, self._alone_left_s
        self._holder, self._alone_left_s = holder, _ALONE_S
        try:
            yield
        finally:
            self._holder, self._alone_left_s = before

    def _in_turn(self, limits: Limits, run: Run, *, may_be_alone: bool = True) -> tuple[Execution, Conversation | None]:
        """Run beside others. If the program ends a little over its CPU limit, run it again alone: contention may
        explain that. Where it may not be alone, judge it by its CPU time divided by the slowdown that was measured."""
        if not self._calibrator.is_calibrated:
            self._calibrate_if_idle()
        with self._machine.shared(), self._discarding():
            beside = run(limits._replace(cpu_grace=_CPU_GRACE))
        if not beside[0].late:
            return beside
        alone = self._alone(limits, run, *beside) if may_be_alone else None
        return alone or (_without_slowdown(beside[0], limits), beside[1])

    def _alone(
        self, limits: Limits, run: Run, execution: Execution, talked: Conversation | None
    ) -> tuple[Execution, Conversation | None] | None:
        """Run again alone a program that ended late beside others, with ``execution`` and ``talked``. Returns None
        where that would show nothing (it slept) or may not be (the time for it is used up)."""
        seconds = _ALONE_GRACE * (limits.cpu_s + (talked.judge.cpu_s if talked else 0.0))
        told = None
        for _ in range(_ALONE if execution.idle_s <= execution.cpu_s else 0):
            self._clear_up()
            with self._alone_for(seconds) as alone, self._discarding():
                if not alone:
                    break
                self._calibrator.calibrate()
                told = run(limits._replace(cpu_grace=_ALONE_GRACE, wall_s=min(seconds, limits.wall_s), alone=True))
            if not told[0].late:
                break
        if told is None or told[0].stopped_by is Limit.WALL or (told[1] and told[1].judge.stopped_by is not None):
            return None
        return told

    @contextmanager
    def _alone_for(self, seconds: float) -> Iterator[bool]:
        """Be alone for at most so long. Yields whether that is granted, by the submission's bound and its holder's."""
        if seconds > self._alone_left_s:
            yield False
            return
        began = time.monotonic()
        try:
            with self._machine.exclusive(self._holder, seconds) as alone:
                yield alone
        finally:
            self._alone_left_s -= time.monotonic() - began

    def _clear_up(self) -> None:
        """Clear what programs left behind, before others have to wait."""
        with self._discarding():
            for (role, _), slot in self._slots.items():
                if role != "compiler":
                    slot.refresh()

    def _calibrate_if_idle(self) -> None:
        with self._machine.exclusive_if_idle() as alone:
            if alone:
                self._calibrator.calibrate()

    def _program_slot(self, program: Program) -> Slot:
        return self._for_submission(self._slot("program", program.runtime))

    def _author_slot(self, program: Program) -> Slot:
        return self._slot("author", program.runtime)

    def _slot(self, role: _Role, runtime: str) -> Slot:
        if (role, runtime) not in self._slots:
            self._slots[role, runtime] = Slot(self.tier, self._runtimes[runtime])
        return self._slots[role, runtime]

    def _compiler_slot(self) -> Slot:
        if ("compiler", "") not in self._slots:
            without_modules = dataclasses.replace(self._runtimes[""], warm=(), modules=None)
            self._slots["compiler", ""] = Slot(self.tier, without_modules, box_bytes=self._compiler_bytes)
        return self._for_submission(self._slots["compiler", ""])

    @property
    def _compiler_bytes(self) -> int:
        return 2 * self._compile_limits.collect_bytes + _COMPILER_BYTES

    def _for_submission(self, slot: Slot) -> Slot:
        """Prepare a slot for a run that counts against a submission's limits."""
        slot.interrupt = self._interrupt
        slot.calibrator = self._calibrator if self._calibrator.is_calibrated else None
        return slot

    def discard_slots(self) -> None:
        """Throw the slots away; the next run gets new ones."""
        self.slots_discarded += 1
        self._close_slots()

    @contextmanager
    def _discarding(self) -> Iterator[None]:
        """A slot that cannot prove itself clean, or broke, serves nothing more."""
        try:
            yield
        except SlotFailed:
            self.discard_slots()
            raise

    @contextmanager
    def built(
        self, language: Language, source: bytes, limits: Limits, others: Mapping[str, bytes] = _NONE
    ) -> Iterator[Built]:
        """A program from its main source and ``others`` beside it, to be run under ``limits``; compiled, or found
        compiled, where the language asks for it.

        Raises:
            CompileFailed: the compiler refused it or went over its limits.
            SlotFailed: a fault of ours.
        """
        name = language.file_name(source)
        files = {**others, name: source}
        if not language.compile:
            yield Built(_started(language, limits, files))
            return
        parts = [part for name, data in sorted(others.items()) for part in (name, data.hex())]
        made_by = (
            identity.SANDBOX,
            self._compiler_version(language),
            str(self.compile_limits(language)),
            language.name,
        )
        key = HashStore.key(*made_by, *language.compile, name, source.hex(), *parts)
        binary, log, cpu_s = self._kept(key), "", 0.0
        if binary is None:
            binary, log, cpu_s = self._compile(language, files, name)
            self._compiled.put(key, _SIZE.pack(len(binary)) + binary)
        if language.run:
            yield Built(_started(language, limits, {language.artefact: bytes(binary)}), log, cpu_s)
            return
        executable = memory_file.sealed(language.artefact, [binary])
        del binary  # it may be large, and is not needed for as long as its tests run
        try:
            yield Built(_started(language, limits, {}, executable), log, cpu_s)
        finally:
            os.close(executable)

    def _kept(self, key: str) -> memoryview | None:
        """A program that was compiled before, unless the disk has not all of it, as after a power cut."""
        data = self._compiled.get(key)
        if data is None or data[: _SIZE.size] != _SIZE.pack(len(data) - _SIZE.size):
            return None
        return memoryview(data)[_SIZE.size :]

    def _compile(self, language: Language, files: Mapping[str, bytes], source: str) -> tuple[memoryview, str, float]:
        version = self._compiler_version(language)
        asked = self._prepared.command(
            language, version, files[source], lambda preparation: self._prepare(language, preparation)
        )
        command = located(asked, source=source, stem=source.rsplit(".", 1)[0])
        program = Program(command, files, collect=(language.artefact,), environment=language.environment)
        execution = self._run_compiler(program, self.compile_limits(language))
        log = (execution.stdout + execution.stderr)[:_LOG_BYTES].decode(errors="replace")
        binary = execution.collected.get(language.artefact)
        if not execution.clean or binary is None:
            said = f"{self._over(execution)}\n{log}".strip()
            raise CompileFailed(said or "the compiler made no program", execution.cpu_s, execution.stopped_by)
        return memoryview(binary), log, execution.cpu_s

    def _run_compiler(self, program: Program, limits: Limits) -> Execution:
        def run(bounds: Limits) -> tuple[Execution, None]:
            return self._compiler_slot().run(program, bounds), None

        return self._in_turn(limits, run, may_be_alone=False)[0]

    def _over(self, execution: Execution) -> str:
        """Which bound kept a compiler from making a program; nothing where none did."""
        program_mib, all_mib = self._compile_limits.collect_bytes // MIB, self._compiler_bytes // MIB
        room = f"a program may have {program_mib} MiB, and all that a compiler writes {all_mib} MiB"
        if execution.oversize:
            return f"the program that the compiler made is too large: {room}"
        said = execution.stdout + execution.stderr
        if len(said) >= self._compile_limits.output_bytes:
            return f"the compiler said more than {self._compile_limits.output_bytes // MIB} MiB"
        if execution.stopped_by is Limit.OUTPUT or _WITHOUT_ROOM.search(said):
            return f"the compiler wrote more than it may: {room}"
        return _OVER_LIMIT.get(execution.stopped_by, "")

    def _prepare(self, language: Language, preparation: Preparation) -> bytes | None:
        """What this compiler wants beforehand, of our own source; None where it cannot be made within what a slot can
        hold."""
        files = {language.source: preparation.source.encode()}
        program = Program(located(preparation.command), files, collect=(_PREPARED,), environment=language.environment)
        limits = self.compile_limits(language)
        generous = limits._replace(
            cpu_s=_PREPARING * limits.cpu_s, wall_s=_PREPARING * limits.wall_s, collect_bytes=_PREPARED_BYTES
        )
        execution = self._run_compiler(program, generous)
        return execution.collected.get(_PREPARED) if execution.clean else None

    def _compiler_version(self, language: Language) -> str:
        """What tells one compiler from another: its file's identity is enough, and costs no run."""
        status = os.stat(located(language.version)[0])
        return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


_OVER_LIMIT: Mapping[Limit | None, str] = {
    Limit.CPU: "the compiler used more CPU time than it may",
    Limit.WALL: "the compiler took longer than it may",
    Limit.MEMORY: "the compiler used more memory than it may",
}


def _without_slowdown(execution: Execution, limits: Limits) -> Execution:
    """A late program that was not run again alone, judged by what it would have used without the others."""
    in_time = execution.cpu_s <= limits.cpu_s * min(execution.slowdown, _CPU_GRACE)
    return execution._replace(stopped_by=None if in_time else Limit.CPU, late=False, beside_others=True)


def _started(language: Language, limits: Limits, files: Mapping[str, bytes], executable: int | None = None) -> Program:
    """How a program starts: by the table's command, as what was compiled, or in the warm interpreter."""
    argv: tuple[str, ...] = (language.source,) if executable is None else (f"./{language.artefact}",)
    if language.run:
        memory_mb = max(_LEAST_HEAP_MB, limits.memory_bytes // MIB - language.memory_overhead_mb)
        argv = located(language.run, memory_mb=str(memory_mb))
    return Program(
        argv,
        files,
        python=not language.run and executable is None,
        executable=executable,
        environment=language.environment,
        out_of_memory=language.out_of_memory,
    )


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
