"""A jail from its owner's side: the process that builds it, and what it says over its own sockets."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sandbox.execution import SlotFailed
from sandbox.isolation import ROOT_PATHS, Tier, spare_uid
from sandbox.kernel import landlock, memory_file, namespaces, processes, rlimits
from sandbox.kernel.cgroups import new_group
from sandbox.kernel.disk import BoundedDirectory, empty
from sandbox.kernel.sampled import SampledTree
from sandbox.limits import MIB
from sandbox.runtime import Runtime, closed_directory, environment
from sandbox.zygote.config import BOX, Config
from sandbox.zygote.protocol import Word

_BOOT = "import sys; sys.path.append({root!r}); from sandbox.zygote import forks, boot; sys.path.pop(); boot.main()"
_ZYGOTE_STACK_BYTES = 256 * MIB
_READY_TIMEOUT_S = 120.0
"""Emptying a directory of thousands of files takes long on a busy disk; a jail that is broken is known by its end."""
_END_TIMEOUT_S = 5.0
_MESSAGE_BYTES = 64 * 1024
_INSIDE_UID = 1000


@dataclass(frozen=True, slots=True)
class JailSpec:
    """Tier, interpreter and scratch space of a jail. ``native``: with the helper in C, where there is one."""

    tier: Tier
    runtime: Runtime
    box_bytes: int
    box_inodes: int
    native: bool

    def shows(self, path: str) -> bool:
        """True if a program can be shown what lies there: without a root of its own, as another user, it needs a way
        that is open to everybody."""
        return self.tier is Tier.NAMESPACES or os.geteuid() != 0 or closed_directory(Path(path)) is None

    def uses_landlock(self) -> bool:
        """True in the tier that is named after it, which cannot do without, and above, where it is one wall more if the
        kernel has it.

        Raises:
            SlotFailed: the tier needs it and the kernel has none.
        """
        available = landlock.abi() > 0
        if self.tier is Tier.LANDLOCK and not available:
            raise SlotFailed("the kernel has no Landlock, or it is not in its list of security modules (lsm=)")
        return available and self.tier is not Tier.PROCESS


class Jail:
    """A process that keeps a warm interpreter, and forks each program from it."""

    has_program = False
    """True while a program that was handed over has not come to its end."""
    ready = False
    """True while a child waits for a program. Whoever hands one over sets it to False."""

    def __init__(self, spec: JailSpec) -> None:
        """Start it.

        Raises:
            OSError, SlotFailed: the host refuses something that the tier needs.
        """
        self.spec = spec
        self._closing = contextlib.ExitStack()
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The process below which everything of this jail lives."""
        return self._process.pid

    def close(self) -> None:
        """End the jail and everything in it. May be called again."""
        self._closing.close()

    def await_ready(self) -> bool:
        """Wait until nothing of the last run is left. Returns False where the jail asks to be replaced (``Word.WORN``).

        Raises:
            SlotFailed: it broke.
        """
        if not self.ready:
            try:
                self.ready = self._expect(Word.READY, Word.WORN) is Word.READY
            except OSError as error:
                raise SlotFailed(f"the jail broke: {error}") from error
        return self.ready

    def other_tasks(self) -> int:
        """Threads that count against a program's RLIMIT_NPROC though they are not its own."""
        if self.group.version or os.geteuid() == 0:
            return 0
        # A user namespace counts by itself: the jail's init is the only other one there.
        return 1 if self.spec.tier is Tier.NAMESPACES else processes.tasks_of(os.geteuid())

    def _start(self) -> None:
        # A user's descriptors in flight count against RLIMIT_NOFILE: this process needs more than programs may have.
        rlimits.raise_to_hard(resource.RLIMIT_NOFILE)
        root, inside = os.geteuid() == 0, self.spec.tier is Tier.NAMESPACES
        uid = self._closing.enter_context(spare_uid())
        self.group = new_group()
        self._closing.callback(self.group.close)
        host_uids = (uid, uid + 1)
        """The host's ids of the jail's own root and of its programs, where the jail has users of its own."""
        self.program_uid = (host_uids[1] if inside else uid) if root else os.geteuid()
        if root and not inside:
            self.spec.runtime.require_readable()
        self._make_box()
        self._launch((_INSIDE_UID if inside else uid) if root else None)
        if inside and root:
            self._expect(Word.MAP_USERS)
            namespaces.map_users(self.pid, inside=(0, _INSIDE_UID), outside=host_uids)
            self.control.send(Word.USERS_MAPPED.to_bytes())
        self.native = self._expect(Word.NATIVE, Word.PYTHON) is Word.NATIVE
        """True if the zygote has its helper in C."""
        self._expect(Word.READY)
        self.ready = True
        self._note_tree()

    def _launch(self, program_uid: int | None) -> None:
        """Start the zygote, with its ends of the jail's sockets and the control groups' entries."""
        self.control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.requests, requests = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._closing.callback(self.control.close)
        self._closing.callback(self.requests.close)
        self.control.settimeout(_READY_TIMEOUT_S)
        self.requests.setblocking(False)
        with contextlib.ExitStack() as inherited:
            groups = self.group.open_entries()
            for descriptor in groups:
                inherited.callback(os.close, descriptor)
            inherited.enter_context(control)
            inherited.enter_context(requests)
            self._spawn(self._config(control.fileno(), requests.fileno(), tuple(groups), program_uid))

    def _make_box(self) -> None:
        self.directory: BoundedDirectory | None = None
        """The directory that programs write to, if no file system of the jail's own bounds it."""
        if self.spec.tier is Tier.NAMESPACES:
            self.box = BOX
            return
        self.box = tempfile.mkdtemp(prefix="microcoder-box-")
        self._closing.callback(_remove_box, self.box)
        os.chmod(self.box, 0o711)
        self.directory = BoundedDirectory(self.box, max_bytes=self.spec.box_bytes, max_files=self.spec.box_inodes)
        self._closing.callback(self.directory.close)

    def _config(self, control: int, requests: int, groups: tuple[int, ...], uid: int | None) -> Config:
        spec, runtime = self.spec, self.spec.runtime
        return Config(
            tier=spec.tier,
            control=control,
            requests=requests,
            groups=groups,
            uid=uid,
            privileged=os.geteuid() == 0,
            landlock=spec.uses_landlock(),
            native=spec.native,
            visible=_existing(*ROOT_PATHS, *runtime.prefixes, *filter(spec.shows, runtime.reads)),
            box=self.box,
            box_bytes=spec.box_bytes,
            box_inodes=spec.box_inodes,
            warm=runtime.warm,
            modules=dict(runtime.modules or {}),
            only_executables=runtime.only_executables,
        )

    def _spawn(self, config: Config) -> None:
        """Start the zygote. Its stdin is an empty file and its stdout a pipe, as its programs' will be."""
        settings = memory_file.sealed("config", [config.dump()])
        nothing = memory_file.sealed("empty", [])
        self._log, log = os.pipe()
        self._closing.callback(os.close, self._log)
        os.set_blocking(self._log, False)
        boot = _BOOT.format(root=str(Path(__file__).parent.parent))
        try:
            with rlimits.stack_of(_ZYGOTE_STACK_BYTES):
                self._process = subprocess.Popen(
                    [self.spec.runtime.python, "-sP", "-c", boot, str(settings)],
                    stdin=nothing,
                    stdout=log,
                    stderr=log,
                    env=environment(config.box),
                    cwd="/",
                    pass_fds=(settings, config.control, config.requests, *config.groups),
                    start_new_session=True,
                )
        finally:
            for descriptor in (settings, nothing, log):
                os.close(descriptor)
        self._closing.callback(self._end_process)

    def _end_process(self) -> None:
        """Closing the control socket is the order to end; who does not follow is killed with all below it."""
        self.control.close()
        try:
            self._process.wait(timeout=_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            for pid in processes.descendants(self.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            self._process.kill()
            self._process.wait()

    def _note_tree(self) -> None:
        """Note the process whose children programs are, and the memory that they only share with it."""
        # Below our process stands the jail's init, where there is a pid namespace; then the program.
        (self.init_pid,) = processes.children(self.pid) if self.spec.tier is Tier.NAMESPACES else {self.pid}
        shared = self.spec.runtime.only_modules
        self.inherited_bytes = processes.whole_resident_bytes(self.init_pid) if shared else 0
        if isinstance(self.group, SampledTree):
            self.group.watch(self.init_pid, processes.resident_bytes(self.init_pid) if shared else 0)

    def _expect(self, *words: Word) -> Word:
        message = self.control.recv(_MESSAGE_BYTES)
        for word in words:
            if message == word.to_bytes():
                return word
        reason = f"the jail said {message!r}" if message else "the jail ended"
        if message[:1] == Word.BROKEN.to_bytes():
            reason = message[1:].decode(errors="replace")
        with contextlib.suppress(BlockingIOError):
            reason += "\n" + os.read(self._log, _MESSAGE_BYTES).decode(errors="replace")
        raise SlotFailed(reason.strip())


def _existing(*paths: str) -> tuple[str, ...]:
    return tuple(path for path in paths if os.path.lexists(path))


def _remove_box(box: str) -> None:
    """Remove what the jail left of its box, if anything: it removes it itself unless it broke."""
    with contextlib.suppress(OSError):
        empty(box)
        os.rmdir(box)
