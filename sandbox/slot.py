"""One place to run one program at a time: a jail that proves itself clean before the next."""

from __future__ import annotations

from sandbox.calibrator import CpuCalibrator
from sandbox.execution import Executable, Execution, Program, PythonScript, Rehearsal, SlotFailed
from sandbox.isolation import Tier
from sandbox.jail import Jail, JailSpec
from sandbox.kernel import memory_file, namespaces, processes
from sandbox.kernel.cgroups import Group
from sandbox.limits import MIB, RunLimits
from sandbox.program_run import ProgramRun, Streams
from sandbox.runtime import Runtime

_TYPICAL, _TYPICAL_INPUT = b"n = int(input())\nprint(sum(int(x) for x in input().split()) + n)", b"3\n1 2 3\n"


class Slot:
    """A resident jail with a warm interpreter. One program at a time; not for use from several threads."""

    def __init__(
        self, tier: Tier, runtime: Runtime, *, box_bytes: int = 256 * MIB, box_inodes: int = 16_384, native: bool = True
    ) -> None:
        """Start the jail; with ``native`` by the helper in C, where there is one.

        Raises:
            SlotFailed: the host refuses something the tier needs; the message says what.
        """
        self.tier, self.runtime = tier, runtime
        self._spec = JailSpec(tier, runtime, box_bytes, box_inodes, native)
        self.interrupt: int | None = None
        """A descriptor: as soon as it can be read, whatever runs here is ended. It stays the caller's."""
        self.calibrator: CpuCalibrator | None = None
        """Tells how much of the grace that ``RunLimits`` grant is needed; without one it is granted in full."""
        self._start_proven()

    @property
    def jail(self) -> Jail:
        """The jail that stands now."""
        return self._jail

    @property
    def pid(self) -> int:
        """The process below which everything of this slot lives."""
        return self._jail.pid

    @property
    def has_program(self) -> bool:
        """True while a program that was handed over has not come to its end."""
        return self._jail.has_program

    @property
    def group(self) -> Group:
        """Accounts for the programs' processes."""
        return self._jail.group

    @property
    def native(self) -> bool:
        """True if the zygote has its helper in C."""
        return self._jail.native

    def can_show(self, path: str) -> bool:
        """True if a program can be shown what lies there (``JailSpec.shows``)."""
        return self._spec.shows(path)

    def refresh(self) -> None:
        """Wait until the jail is ready, and the program that comes next has all that its limits grant: a new jail is
        started where the kernel has not yet taken back what earlier programs left in this one.

        Raises:
            SlotFailed: as when a slot is made.
        """
        while not (self._jail.await_ready() and self._jail.group.reclaim()):
            self.close()
            self._start_proven()

    def run(self, program: Program, limits: RunLimits, stdin: bytes = b"", expected: bytes = b"") -> Execution:
        """Run one program to its end, or to the end of a limit. What it writes takes no memory while it is as
        ``expected``, which no program sees.

        Raises:
            FilesRefused: the program's files do not fit into its directory.
            Interrupted: ``interrupt`` could be read.
            SlotFailed: the jail broke; the slot is of no further use.
        """
        self.refresh()
        return self.run_connected(program, limits, Streams(memory_file.readable("stdin", [stdin]), expected=expected))

    def run_connected(self, program: Program, limits: RunLimits, streams: Streams) -> Execution:
        """Run with input and output wherever ``streams`` say, in a slot that was refreshed."""
        with self.start(program, limits, streams) as run:
            run.monitor.await_end()
            return run.execution()

    def start(self, program: Program, limits: RunLimits, streams: Streams) -> ProgramRun:
        """Start a program in a slot that was refreshed; whoever leaves the run waits for its end.

        Raises:
            SlotFailed: the jail broke; the slot is of no further use.
        """
        return ProgramRun(self._jail, program, limits, streams, self.calibrator, self.interrupt)

    def busy_s(self) -> float:
        """Seconds for which the program used a CPU, and any one of its threads was kept waiting for one."""
        return self._jail.group.cpu_s() + processes.waited_for_cpu_s(self._jail.init_pid)

    def close(self) -> None:
        """End the jail and everything in it. May be called again."""
        self._jail.close()

    def _start_proven(self) -> None:
        try:
            self._jail = Jail(self._spec)
            try:
                self._rehearse()
            except BaseException:
                self._jail.close()
                raise
        except (OSError, SlotFailed) as error:
            advice = f" ({namespaces.advice()})" if self.tier is Tier.NAMESPACES and namespaces.advice() else ""
            raise SlotFailed(f"tier {self.tier}: {error}{advice}") from error

    def _rehearse(self) -> None:
        """Run a program that uses a file of the interpreter's. It proves that the jail is not too narrow, and that its
        children have what they need.

        Raises:
            SlotFailed: it is.
        """
        if self.runtime.only_executables:
            self._require_clean(Executable((self.runtime.python, "-IS", "-c", "import this")))
        else:
            self._require_clean(PythonScript(("main.py",), {"main.py": b"import this"}))
            self._require_clean(Rehearsal(("main.py",), {"main.py": _TYPICAL}), _TYPICAL_INPUT)

    def _require_clean(self, program: Program, stdin: bytes = b"") -> None:
        execution = self.run(program, RunLimits(), stdin)
        if execution.stderr or not execution.clean:
            reason = execution.stderr.decode(errors="replace") or f"signal {execution.signal}"
            raise SlotFailed(f"a program cannot use the interpreter: {reason}")
