"""The sandbox: programs of any language in the table, in a slot that is replaced when it breaks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType

from sandbox.build import Builder, Built, CompilerLimits
from sandbox.contention import MachineLock
from sandbox.execution import NOTHING, Execution, Program
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.pair import Conversation, LetFinish, run_pair, run_unanswered
from sandbox.pool import SlotPool, strongest
from sandbox.prepared import Prepared
from sandbox.runtime import Runtime
from sandbox.scheduler import RunResult, RunScheduler
from sandbox.session import Session
from sandbox.slot import Slot
from sandbox.store import HashStore
from sandbox.talk import T, Talk, run_talk
from sandbox.toolchain import Language

COMPILE_LIMITS = RunLimits(cpu_s=10.0, wall_s=30.0, memory_bytes=2048 * MIB)
ARTEFACT_BYTES = 256 * MIB


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
        compile_limits: RunLimits = COMPILE_LIMITS,
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
        self._compiler_limits = CompilerLimits(compile_limits._replace(collect_bytes=artefact_bytes), compile_factors)
        compiled = HashStore(cache, max_bytes=cache_bytes)
        self._machine = MachineLock(cache.with_name("machine"))
        try:
            with self._machine.shared():  # whoever has the machine exclusively is to have it without this
                slot = strongest(runtime, minimum) if tier is None else Slot(tier, runtime)
        except BaseException:
            self._machine.close()
            raise
        self.tier = slot.tier
        self.can_share = slot.native
        """True if ``session`` works here: several tests of a process are the helper's in C."""
        room_bytes = self._compiler_limits.room_bytes
        self._pool = SlotPool(slot, {"": runtime, **runtimes}, compiler_bytes=room_bytes)
        self._scheduler = RunScheduler(self._machine, self._pool)
        self._builder = Builder(
            self._scheduler,
            self._pool,
            self._compiler_limits,
            compiled,
            Prepared(prepared, seen=slot.can_show(str(prepared))),
        )

    @property
    def slots_discarded(self) -> int:
        """Slots that broke, or could not prove that nothing of a run was left, and were replaced."""
        return self._pool.slots_discarded

    @property
    def waited_s(self) -> float:
        """Seconds for which programs have waited for one that had the machine exclusively."""
        return self._machine.waited_s

    def close(self) -> None:
        """End the slots and everything in them."""
        self._pool.close()
        self._machine.close()

    def discard_slots(self) -> None:
        """Throw the slots away; the next run gets new ones."""
        self._pool.discard()

    def interrupt_by(self, descriptor: int) -> None:
        """End whatever runs as soon as the descriptor can be read, and raise ``Interrupted``."""
        self._pool.interrupt = descriptor

    def of_submission(self, holder: str) -> AbstractContextManager[None]:
        """Count all that runs meanwhile as one submission's, sent with the key of ``holder`` ("" without keys)."""
        return self._scheduler.of_submission(holder)

    def compile_limits(self, language: Language) -> RunLimits:
        """The limits of a compiler of that language."""
        return self._compiler_limits.of(language)

    def build(
        self,
        language: Language,
        source: bytes,
        limits: RunLimits,
        others: Mapping[str, bytes] = NOTHING,
        units: tuple[str, ...] = (),
    ) -> AbstractContextManager[Built]:
        """A program from its main source and ``others`` beside it, to be run under ``limits``; compiled, or found
        compiled, where the language asks for it. ``units`` names those of the others that its compiler is told.

        Raises:
            CompileFailed: the compiler refused it or went over its limits.
            SlotFailed: a fault of ours.
        """
        return self._builder.build(language, source, limits, others, units)

    def run(self, program: Program, limits: RunLimits, stdin: bytes = b"", expected: bytes = b"") -> Execution:
        """Run one program; ``expected`` as in ``Slot.run``.

        Raises:
            Interrupted: as ``interrupt_by`` has it.
            SlotFailed: a fault of ours; the slot has been thrown away and the next run gets a new one.
        """

        def run(bounds: RunLimits) -> RunResult:
            return self._pool.of_program(program).run(program, bounds, stdin, expected), None

        return self._scheduler.run(limits, run)[0]

    def session(self, program: Program, limits: RunLimits) -> AbstractContextManager[Session]:
        """Start a session: a Python program on one test, then on others in the same process. Only where ``can_share``.

        Raises:
            SlotFailed: a fault of ours; the slot has been thrown away and the next run gets a new one.
        """
        return self._scheduler.session(program, limits)

    def converse(
        self, program: Program, limits: RunLimits, judge: Program, judge_limits: RunLimits, let_finish: LetFinish
    ) -> Conversation:
        """Run a program and a judge's, each in a slot of its own, the output of each the input of the other.

        Once the judge's has ended, the program goes on to its own end where ``let_finish`` says so of the judge's
        execution, and is ended otherwise.

        Raises:
            FilesRefused: the files of one do not fit into its directory.
            SlotFailed: a fault of ours; both slots have been thrown away.
        """

        def run(bounds: RunLimits) -> RunResult:
            slot, judges = self._pool.of_program(program), self._pool.of_author(judge)
            of_judge = judge_limits._replace(wall_s=bounds.wall_s, exclusive=True) if bounds.exclusive else judge_limits
            conversation = run_pair(slot, program, bounds, judges, judge, of_judge, let_finish)
            return conversation.program, conversation

        execution, conversation = self._scheduler.run(limits, run)
        assert conversation is not None
        return conversation._replace(program=execution)

    def talk(self, program: Program, limits: RunLimits, talk: Talk[T]) -> tuple[Execution, T]:
        """Run a program and talk with it, as ``run_talk``; again from the start where it has to run exclusively.

        Raises:
            FilesRefused: its files do not fit into its directory.
            SlotFailed: a fault of ours; the slot has been thrown away.
        """
        results: dict[float, T] = {}
        """By the time at which the run ended."""

        def run(bounds: RunLimits) -> RunResult:
            execution, result = run_talk(self._pool.of_program(program), program, bounds, talk)
            results[execution.ended] = result
            return execution, None

        execution, _ = self._scheduler.run(limits, run)
        return execution, results[execution.ended]

    def run_unanswered(self, judge: Program, limits: RunLimits) -> Execution | None:
        """Run a judge's program to which nobody says anything. Return how it ended, or None if it waits for input.

        Raises:
            FilesRefused: its files do not fit into its directory.
            SlotFailed: a fault of ours; the slot has been thrown away.
        """
        with self._scheduler.shared():
            return run_unanswered(self._pool.of_author(judge), judge, limits)

    def run_author(self, program: Program, limits: RunLimits, stdin: bytes = b"") -> Execution:
        """Run a program of the suite's author by itself, in the slot of those.

        Raises:
            FilesRefused: its files do not fit into its directory.
            SlotFailed: a fault of ours; the slot has been thrown away.
        """
        with self._scheduler.shared():
            return self._pool.of_author(program).run(program, limits, stdin)
