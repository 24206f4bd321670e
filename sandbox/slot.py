"""One place to run one program at a time: the owner's side of a jail."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import resource
import socket
import stat
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sandbox.calibrator import CpuCalibrator
from sandbox.execution import Execution, FilesRefused, Input, Interrupted, Limit, Program
from sandbox.isolation import ROOT_PATHS, Tier, spare_uid
from sandbox.kernel import beneath, landlock, memory_file, namespaces, processes, rlimits
from sandbox.kernel.cgroups import new_group
from sandbox.kernel.disk import BoundedDirectory, empty
from sandbox.kernel.sampled import SampledTree
from sandbox.limits import MIB, Limits
from sandbox.monitor import Ends, RunMonitor
from sandbox.several import Following, Several
from sandbox.zygote import request
from sandbox.zygote.config import BOX, Config

_BOOT = "import sys; sys.path.append({root!r}); from sandbox.zygote import forks, boot; sys.path.pop(); boot.main()"
_ZYGOTE_STACK = 256 * MIB
_READY_TIMEOUT_S = 120.0
"""Emptying a directory of thousands of files takes long on a busy disk; a jail that is broken is known by its end."""
_MESSAGE_BYTES = 64 * 1024
_INSIDE_UID = 1000
_numbers = itertools.count()


class SlotFailed(Exception):
    """The slot cannot run programs: a fault of ours or of the host, never of a program."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The interpreter under which Python submissions run.

    ``prefixes`` are the directories it needs; ``warm`` the modules imported before any program; ``modules``
    the sources of more, by their dotted names, each after those that it imports; where one defines ``rehearse``, that
    is called before any program. ``reads`` are what the toolchains of other languages need beside ``ROOT_PATHS``.
    """

    python: str
    prefixes: tuple[str, ...]
    warm: tuple[str, ...] = ()
    modules: Mapping[str, str] | None = None
    reads: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    """The directories of installed packages."""
    only_modules: bool = False
    """All that runs under it are ``modules``, as forks of one process: what that holds is no program's memory."""

    def identity(self) -> str:
        """What tells it from itself with other packages: a directory is changed by all that is installed in it."""
        changed = (f"{path}:{os.stat(path).st_mtime_ns}" for path in self.packages if os.path.isdir(path))
        return " ".join((self.python, *changed))


@dataclass(frozen=True, slots=True)
class Streams:
    """Where a run's input comes from and where its output goes: descriptors that the run takes over and closes.

    Without ``stdout`` the output is kept in the ``Execution``, and compared with ``expected`` while it comes. ``until``
    stays the caller's: the run is ended as soon as the other end of that pipe is closed. ``partner_busy_s`` tells
    for how long whoever the program talks with used a CPU or waited for one: time that it may have waited for.
    """

    stdin: int
    stdout: int | None = None
    until: int | None = None
    partner_busy_s: Callable[[], float] | None = None
    expected: bytes = b""


class Slot:
    """A resident jail with a warm interpreter. One program at a time; not for use from several threads."""

    def __init__(
        self,
        tier: Tier,
        runtime: Runtime,
        *,
        box_bytes: int = 256 * MIB,
        box_inodes: int = 16_384,
        native: bool = True,
    ) -> None:
        """Start the jail; with ``native`` by the helper in C, where there is one.

        Raises:
            SlotFailed: the host refuses something the tier needs; the message says what.
        """
        self.tier, self.runtime, self._use_native = tier, runtime, native
        self.interrupt: int | None = None
        """A descriptor: as soon as it can be read, whatever runs here is ended. It stays the caller's."""
        self.calibrator: CpuCalibrator | None = None
        """What tells how much of the grace that ``Limits`` grant is needed; without one it is granted in full."""
        self._box_bytes, self._box_inodes = box_bytes, box_inodes
        self._closing = contextlib.ExitStack()
        self._ready = False
        self.has_program = False
        """Whether a program was handed over that has not come to its end yet."""
        self._start_proven()

    @property
    def pid(self) -> int:
        """The process below which everything of this slot lives."""
        return self._process.pid

    def can_show(self, path: str) -> bool:
        """Whether a program can be shown what lies there: without a root of its own, as another user, it needs a way
        that is open to everybody."""
        return self.tier is Tier.NAMESPACES or os.geteuid() != 0 or _closed_on_the_way(Path(path)) is None

    def refresh(self) -> None:
        """Wait until the jail is ready, and the program that comes next has all that its limits grant: a new jail is
        started where the kernel has not yet taken back what earlier programs left in this one.

        Raises:
            SlotFailed: as when a slot is made.
        """
        while not (self._is_ready() and self.group.reclaim()):
            self.close()
            self._start_proven()

    def run(self, program: Program, limits: Limits, stdin: bytes = b"", expected: bytes = b"") -> Execution:
        """Run one program to its end, or to the end of a limit. What it writes takes no memory while it is as
        ``expected``, which no program sees.

        Raises:
            FilesRefused: the program's files do not fit into its directory.
            Interrupted: ``interrupt`` could be read.
            SlotFailed: the jail broke; the slot is of no further use.
        """
        self.refresh()
        return self.run_connected(program, limits, Streams(memory_file.readable("stdin", [stdin]), expected=expected))

    def run_several(
        self, program: Program, limits: Limits, first: Input, following: Following, expected: bytes = b""
    ) -> Execution:
        """Run a Python program on one input, then in the same process on those that ``following`` gives, for as long
        as the program leaves its process as it found it and all together stay within ``limits``. Only for slots that
        are ``native``.

        ``following`` is told what the tests did that it gave last (the first one, to begin with): fewer than it gave
        where the process came to its end. Returns what the first test did, which is as in ``run``; of the others only
        what is accepted counts, since a program may have kept something from those before. ``expected`` is the first
        one's, as in ``run``.

        Raises:
            FilesRefused, Interrupted, SlotFailed: as in ``run``.
        """
        self.refresh()
        program = program.with_files(first.files)
        with contextlib.closing(Several(program, limits._replace(cpu_grace=1.0), following)) as several:
            streams = Streams(memory_file.readable("stdin", [first.stdin]), expected=expected)
            return self.run_connected(program, limits, streams, several)

    def run_connected(
        self, program: Program, limits: Limits, streams: Streams, several: Several | None = None
    ) -> Execution:
        """As ``run``, with input and output wherever ``streams`` say, in a slot that was refreshed."""
        first = None
        try:
            with _Descriptors() as kept, _Descriptors([streams.stdin]) as handed:
                if streams.stdout is not None:
                    handed.append(streams.stdout)
                self.group.begin(limits)
                watch = self._send(program, limits, streams, kept, handed, several)
                watch.inherited_bytes = self._inherited_bytes
                self.has_program = True
                handed.close()  # so that whoever reads what the program writes sees its end
                try:
                    if several is not None:
                        first = several.go_on(watch, lambda: self._done(program, watch, limits))
                finally:
                    try:
                        watch.until_ended()
                        done = first or self._done(program, watch, limits)
                    finally:
                        watch.close()  # left open, the jail could not be cleared
                    self._control.send(b"next")
        except OSError as error:
            raise SlotFailed(f"the jail broke: {error}") from error
        finally:
            self.has_program = False
        if watch.interrupted:
            raise Interrupted
        if watch.files_refused is not None:
            raise FilesRefused(watch.files_refused)
        return done

    def busy_s(self) -> float:
        """For how long the program used a CPU, and any one of its threads was kept waiting for one."""
        return self.group.cpu_s() + processes.waited_for_cpu_s(self._above_programs)

    def _done(self, program: Program, watch: RunMonitor, limits: Limits) -> Execution:
        collected, refused = self._collect(program, watch, limits)
        whole = {name: data for name, data in collected.items() if len(data) <= limits.collect_bytes}
        return _execution(program, watch, whole, frozenset(collected.keys() - whole.keys()), refused)

    def close(self) -> None:
        """End the jail and everything in it. May be called again."""
        self._closing.close()

    def _start_proven(self) -> None:
        try:
            self._start()
            self._rehearse()
        except (OSError, SlotFailed) as error:
            self.close()
            advice = f" ({namespaces.advice()})" if self.tier is Tier.NAMESPACES and namespaces.advice() else ""
            raise SlotFailed(f"tier {self.tier}: {error}{advice}") from error

    def _start(self) -> None:
        # A user's descriptors in flight count against RLIMIT_NOFILE: this process needs more than programs may have.
        rlimits.raise_to_hard(resource.RLIMIT_NOFILE)
        number = next(_numbers)
        root = os.geteuid() == 0
        uid = spare_uid(number)
        self.group = new_group()
        self._closing.callback(self.group.close)
        inside = self.tier is Tier.NAMESPACES
        outside = (uid, uid + 1)
        """The host's ids of the jail's own root and of its programs, where the jail has users of its own."""
        self._program_uid = (outside[1] if inside else uid) if root else os.geteuid()
        if root and not inside:
            _check_readable(self.runtime)
        self.box = BOX if inside else self._host_box()
        # In the jail's own file system the kernel holds these bounds.
        self._directory = None
        if not inside:
            self._directory = BoundedDirectory(self.box, max_bytes=self._box_bytes, max_files=self._box_inodes)
            self._closing.callback(self._directory.close)
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._requests, requests = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._closing.callback(self._control.close)
        self._closing.callback(self._requests.close)
        self._requests.setblocking(False)
        with contextlib.ExitStack() as passed:
            groups = self.group.open_entries()
            for descriptor in groups:
                passed.callback(os.close, descriptor)
            passed.enter_context(control)
            passed.enter_context(requests)
            config = Config(
                tier=self.tier,
                control=control.fileno(),
                requests=requests.fileno(),
                groups=tuple(groups),
                uid=(_INSIDE_UID if inside else uid) if root else None,
                privileged=root,
                landlock=self._needs_landlock(),
                native=self._use_native,
                visible=_existing(*ROOT_PATHS, *self.runtime.prefixes, *filter(self.can_show, self.runtime.reads)),
                box=self.box,
                box_bytes=self._box_bytes,
                box_inodes=self._box_inodes,
                warm=self.runtime.warm,
                modules=dict(self.runtime.modules or {}),
            )
            self._spawn(config)
        self._control.settimeout(_READY_TIMEOUT_S)
        if inside and root:
            self._expect(b"map")
            namespaces.map_users(self._process.pid, inside=(0, _INSIDE_UID), outside=outside)
            self._control.send(b"mapped")
        self.native = self._expect(b"native", b"python") == b"native"
        """Whether the zygote has its helper in C."""
        self._expect(b"ready")
        self._ready = True
        # Below our process stands the jail's init, where there is a pid namespace; then the program.
        (self._above_programs,) = processes.children(self._process.pid) if inside else {self._process.pid}
        shared = self.runtime.only_modules
        self._inherited_bytes = processes.whole_resident_bytes(self._above_programs) if shared else 0
        if isinstance(self.group, SampledTree):
            inherited_bytes = processes.resident_bytes(self._above_programs) if shared else 0
            self.group.watch(self._above_programs, inherited_bytes)

    def _rehearse(self) -> None:
        """Run a program that uses a file of the interpreter's, as proof that the jail is not too narrow.

        Raises:
            SlotFailed: it is.
        """
        program = Program(("main.py",), {"main.py": b"import this"}, python=True)
        said = self.run(program, Limits()).stderr
        if said:
            raise SlotFailed(f"a program cannot use the interpreter: {said.decode(errors='replace')}")

    def _needs_landlock(self) -> bool:
        """Its own tier cannot do without; above it is one wall more, where there is one; below it is not used.

        Raises:
            SlotFailed: the tier needs it and the kernel has none.
        """
        available = landlock.abi() > 0
        if self.tier is Tier.LANDLOCK and not available:
            raise SlotFailed("the kernel has no Landlock, or it is not in its list of security modules (lsm=)")
        return available and self.tier is not Tier.PROCESS

    def _host_box(self) -> str:
        """A directory on the host, for tiers that may not mount."""
        box = tempfile.mkdtemp(prefix="microcoder-box-")
        self._closing.callback(_remove_box, box)
        os.chmod(box, 0o711)
        return box

    def _spawn(self, config: Config) -> None:
        """Start the zygote. Its stdin is an empty file and its stdout a pipe, as its programs' will be."""
        settings = memory_file.sealed("config", [config.dump()])
        empty = memory_file.sealed("empty", [])
        self._log, log = os.pipe()
        self._closing.callback(os.close, self._log)
        os.set_blocking(self._log, False)
        boot = _BOOT.format(root=str(Path(__file__).parent.parent))
        try:
            with rlimits.stack_of(_ZYGOTE_STACK):
                self._process = subprocess.Popen(
                    [self.runtime.python, "-sP", "-c", boot, str(settings)],
                    stdin=empty,
                    stdout=log,
                    stderr=log,
                    env=environment(config.box),
                    cwd="/",
                    pass_fds=(settings, config.control, config.requests, *config.groups),
                    start_new_session=True,
                )
        finally:
            for descriptor in (settings, empty, log):
                os.close(descriptor)
        self._closing.callback(self._end_process)

    def _end_process(self) -> None:
        """Closing the control socket is the order to end; who does not follow is killed with all below it."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            for pid in processes.descendants(self._process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            self._process.kill()
            self._process.wait()

    def _is_ready(self) -> bool:
        """Wait until nothing of the last run is left. Returns False where the jail asks to be replaced (``worn``)."""
        if not self._ready:
            try:
                self._ready = self._expect(b"ready", b"worn") == b"ready"
            except OSError as error:
                raise SlotFailed(f"the jail broke: {error}") from error
        return self._ready

    def _expect(self, *messages: bytes) -> bytes:
        got = self._control.recv(_MESSAGE_BYTES)
        if got not in messages:
            said = got.decode(errors="replace") or "the jail ended"
            with contextlib.suppress(BlockingIOError):
                said += "\n" + os.read(self._log, _MESSAGE_BYTES).decode(errors="replace")
            raise SlotFailed(said.strip())
        return got

    def _send(
        self, program: Program, limits: Limits, streams: Streams,
        kept: _Descriptors, handed: _Descriptors, several: Several | None,
    ) -> RunMonitor:  # fmt: skip
        """Hand the request to the waiting child; the answer is in the watch. ``kept`` are the ends that it reads,
        ``handed`` those that the child has from now on."""
        # The owner stops a program by the tree's CPU time; this is for one process when the owner is late.
        cpu_s = math.ceil(limits.cpu_stop_s) + 1
        bounds = request.Bounds(cpu_s, limits.stack_bytes, limits.processes + self._other_tasks())
        body = request.written(program, bounds, several=several is not None)
        handed.append(body)
        err, err_end = _output_pipe(kept, handed)
        out, out_end = (None, streams.stdout) if streams.stdout is not None else _output_pipe(kept, handed)
        more = [] if program.executable is None else [program.executable]
        if several is not None:
            handed.append(several.answers.detach())
            more.append(handed[-1])
        socket.send_fds(self._requests, [b"run"], [streams.stdin, out_end, err_end, body, *more])
        self._ready = False
        asks = None if several is None else several.asks
        ends = Ends(
            self._control, self._requests, out, err, streams.until, streams.partner_busy_s, asks, self.interrupt
        )
        return RunMonitor(
            self.group, self._directory, limits, ends, self._above_programs, self.calibrator, streams.expected
        )

    def _other_tasks(self) -> int:
        """Threads that count against the program's RLIMIT_NPROC though they are not its own."""
        if self.group.version or os.geteuid() == 0:
            return 0
        # A user namespace counts by itself: the jail's init is the only other one there.
        return 1 if self.tier is Tier.NAMESPACES else processes.tasks_of(os.geteuid())

    def _collect(self, program: Program, watch: RunMonitor, limits: Limits) -> tuple[dict[str, bytes], frozenset[str]]:
        """The files asked for, as the program left them; absent where it left none of that name. Of one that is larger
        than it may be, enough to see that. Then the names in whose place, or on the way to it, is anything else."""
        collected, refused = {}, set()
        for name in program.collect:
            if watch.directory is None:  # it never started
                break
            try:
                descriptor = beneath.open_file(watch.directory, name, owner=self._program_uid)
            except beneath.Refused:
                refused.add(name)
            except OSError:
                continue
            else:
                with open(descriptor, "rb") as file:
                    collected[name] = file.read(limits.collect_bytes + 1)
        return collected, frozenset(refused)


class _Descriptors(list[int]):
    """Open until they are left, or closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        while self:
            os.close(self.pop())


def _output_pipe(kept: _Descriptors, handed: _Descriptors) -> tuple[int, int]:
    """A pipe from the program to the watch."""
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    kept.append(ours)
    handed.append(theirs)
    os.fchmod(theirs, 0o666)  # so that a program of another user can open /dev/stdout
    return ours, theirs


def _remove_box(box: str) -> None:
    """What the jail left of it, if anything: it removes it itself unless it broke."""
    with contextlib.suppress(OSError):
        empty(box)
        os.rmdir(box)


def _check_readable(runtime: Runtime) -> None:
    """Without a root of its own a program reads the interpreter where it lies, as a user that is nobody here.

    Raises:
        SlotFailed: it cannot.
    """
    for prefix in map(Path, runtime.prefixes):
        if (closed := _closed_on_the_way(prefix)) is not None:
            raise SlotFailed(
                f"{closed} is closed to other users, so programs cannot use the interpreter in {prefix}; "
                "choose one that every user may read"
            )


def _closed_on_the_way(path: Path) -> Path | None:
    """The directory, if any, that keeps other users from a path."""
    above = (directory for directory in (path, *path.parents) if directory.is_dir())
    return next((directory for directory in above if not directory.stat().st_mode & stat.S_IXOTH), None)


def environment(box: str) -> dict[str, str]:
    """All that a program finds in its environment."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": f"{box}/work",
        "TMPDIR": f"{box}/tmp",
        "LANG": "C.UTF-8",
        # One seed for all: a program's verdict must not depend on the order of a set.
        "PYTHONHASHSEED": "0",
        # Numeric libraries start a thread per core of the host otherwise, and count them all as CPU time.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def _existing(*paths: str) -> tuple[str, ...]:
    return tuple(path for path in paths if os.path.lexists(path))


def _execution(
    program: Program, watch: RunMonitor, collected: dict[str, bytes], oversize: frozenset[str], refused: frozenset[str]
) -> Execution:
    code = os.waitstatus_to_exitcode(int(watch.report.get("status", 0)))  # one that asks for more has ended well
    syntax_error, stderr = watch.syntax_error, watch.stderr.whole()
    stopped_by = watch.verdict_of_limits()
    if code != 0 and stopped_by is None and program.says_out_of_memory(stderr):
        stopped_by = Limit.MEMORY
    if watch.started is None and syntax_error is None and stopped_by is None:
        syntax_error = f"the parser was ended by signal {-code}" if code < 0 else f"the parser ended with code {code}"
    late = bool(watch.report) and watch.late
    return Execution(
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        cpu_s=watch.test_cpu_s,
        wall_s=watch.wall_s,
        ended=watch.ended,
        peak_memory=watch.peak_memory,
        stdout=watch.stdout.whole(),
        stderr=stderr,
        stopped_by=stopped_by,
        late=late,
        slowdown=watch.slowdown if late else 1.0,
        idle_s=watch.idle_s if late else 0.0,
        syntax_error=syntax_error,
        collected=collected,
        oversize=oversize,
        refused=refused,
    )
