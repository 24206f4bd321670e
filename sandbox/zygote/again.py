"""One Python program run several times in one process, each time as if it were the first.

Between two tests the interpreter is put back as it was. What cannot be put back (threads, children, files, signal
handlers, ...) is looked for after the first test and at the end of each batch, and ends the process: as it would have
ended after the first test, or without a word of the batch, whose tests then get other processes. What is not put back
is what a program changes inside the library's modules; so of all tests but a process's first only acceptance counts,
and whatever else they show is decided anew.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what signal wraps, without the conversion to names
import _thread
import builtins
import contextlib
import gc
import io
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from sandbox.zygote.python_main import Ended, run_script
from sandbox.zygote.request import place, tests_of, whole

_MESSAGE_BYTES = 64
_ALL_FILES = 1 << 20
_RENEWED_OF_SYS = ("argv", "orig_argv", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")
_RLIMITS = (
    resource.RLIMIT_AS,
    resource.RLIMIT_CPU,
    resource.RLIMIT_DATA,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_NPROC,
    resource.RLIMIT_STACK,
)
_SIGNALS = tuple(map(int, signal.valid_signals()))
_STREAMS = ("stdin", "stdout", "stderr")
_LOOKS = 50
_SPARE, _TASKS, _DESCRIPTORS, _BEGUN = 200, 201, 202, 203
"""Out of the way: a second descriptor of the standard input, since ``open(0)`` closes the first when it is forgotten,
the lists of what the process has, and the file in which the owner sees how many tests were begun."""


def run_tests(
    code: types.CodeType,
    path: str,
    asks: socket.socket,
    directories: tuple[str, ...],
    collect: tuple[str, ...],
) -> NoReturn:
    """Run ``code`` as ``__main__``, then again for each test that comes over ``asks``, until that is closed.

    ``directories`` are all that the program may write in; ``collect`` names the files that it may leave there, which
    are handed back.
    """
    _settle(asks.fileno())
    process, restored = _Process(directories, frozenset(collect)), _Interpreter().restored
    # Whatever the program replaces in these modules, it does not reach what is used here.
    leave, getpid, receive, send, pid = os._exit, os.getpid, socket.recv_fds, asks.send, os.getpid()

    def as_before(ended: Ended) -> bool:
        if getpid() != pid:  # a fork of the program's that came to its end
            leave(ended.status)
        return not ended.status and ended.plainly and restored()

    tests = _Tests(code, path, collect, as_before)
    modules = len(sys.modules)
    gc.freeze()  # so that what is collected after each test is that test's
    ended = run_script(code, path)
    if not as_before(ended) or not process.unchanged():
        leave(ended.status)
    done = Done((len(sys.modules) - modules).to_bytes(8, "little", signed=True), False, 0)
    try:
        while not done.last:
            send(b"next" + done.said)
            message, descriptors, _, _ = receive(asks, _MESSAGE_BYTES, 5)
            if not message:
                leave(0)
            if tests.take(*descriptors):
                process.has_streams()
            done = tests.batch()
            if not process.unchanged():
                leave(0)
        send(b"last" + done.said)
        leave(done.status)
    except OSError:
        leave(0)


class Done(NamedTuple):
    """What came of a batch: what is to be said of the tests that ended, and whether the process ends, and how, with the
    one after those."""

    said: bytes
    last: bool
    status: int


class _Tests:
    """Batches of tests: each has its input put where the one before had its own, and what it writes goes into one file
    after what the one before wrote.
    """

    def __init__(
        self,
        code: types.CodeType,
        path: str,
        collect: tuple[str, ...],
        as_before: Callable[[Ended], bool],
    ) -> None:
        self._code, self._path, self._as_before = code, path, as_before
        self._collect, self._pack = collect, struct.Struct(f"<{4 + len(collect)}q").pack
        self._tests: list[tuple[bytes, dict[bytes, bytes]]] = []
        self._batch, self._number = b"", 0
        # As above: taken before the program can replace them.
        self._dup2, self._close, self._unlink, self._open = os.dup2, os.close, os.unlink, os.open
        self._read, self._write, self._status = os.read, os.write, os.fstat
        self._truncate, self._write_at, self._seek = os.ftruncate, os.pwrite, os.lseek
        # The process's own CPU time moves in ticks of the kernel once RLIMIT_CPU is set.
        self._cpu_ns, self._wall_ns = time.thread_time_ns, time.monotonic_ns
        self._began, self._until_ns = (0, 0), 0

    def take(self, body: int, *streams: int) -> bool:
        """A batch came; with the first one the files that are the standard streams from now on, and one for the number
        of tests that were begun. Whether those did."""
        self._batch = whole(body)
        for target, source in zip((0, 1, 2, _BEGUN), streams, strict=False):
            self._dup2(source, target)
        if streams:
            self._dup2(0, _SPARE, inheritable=False)
        for descriptor in (body, *streams):
            self._close(descriptor)
        return bool(streams)

    def batch(self) -> Done:
        """Run the tests of the batch, for as long as its turn lasts and each leaves all as it was."""
        for stream in (1, 2):
            self._truncate(stream, 0)
            self._seek(stream, 0, os.SEEK_SET)
        turn_ns, self._tests = tests_of(self._batch)
        self._number, said = 0, b""
        self._until_ns = self._wall_ns() + turn_ns
        while self.next():
            ended = run_script(self._code, self._path)
            if not self._as_before(ended):
                return Done(said, True, ended.status)
            said += self.note()
        return Done(said, False, 0)

    def next(self) -> bool:
        """Prepare the next test, if there is one more for this turn."""
        if self._number == len(self._tests) or self._wall_ns() > self._until_ns:
            return False
        stdin, files = self._tests[self._number]
        self._number += 1
        self._write_at(_BEGUN, self._number.to_bytes(8, "little"), 0)
        self._write_at(0, stdin, 0)
        self._truncate(0, len(stdin))
        self._seek(0, 0, os.SEEK_SET)
        for name in self._collect:
            with contextlib.suppress(FileNotFoundError):
                self._unlink(name)
        place(files)
        self._began = self._cpu_ns(), self._wall_ns()
        return True

    def note(self) -> bytes:
        """The test has ended: where its output does, what it took, and the files that it made."""
        cpu_ns, wall_ns = self._cpu_ns() - self._began[0], self._wall_ns() - self._began[1]
        out, err = (self._seek(stream, 0, os.SEEK_CUR) for stream in (1, 2))
        return self._pack(out, err, cpu_ns, wall_ns, *map(self._copied, self._collect))

    def _copied(self, name: str) -> int:
        """Where a file ends whose contents now follow the output; -1 where there is none."""
        try:
            descriptor = self._open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return -1
        data = self._read(descriptor, self._status(descriptor).st_size)
        self._close(descriptor)
        self._write(1, data)
        return self._seek(1, 0, os.SEEK_CUR)


class Names:
    """What builtins, sys and sys.modules held before the first test: ``kept`` says it when it is first asked."""

    def __init__(self, kept: Callable[[], tuple[dict[str, Any], ...]], keep_modules: Callable[[], object]) -> None:
        self._kept, self._keep_modules = kept, keep_modules
        self._dictionaries: tuple[dict[str, Any], ...] = ()

    def restored(self) -> bool:
        """Put them back, as far as they can be."""
        try:
            if not self._dictionaries:
                self._dictionaries = self._kept()
            of_builtins, of_sys, modules = self._dictionaries
            _restore(vars(builtins), of_builtins)
            of_sys.update({name: vars(sys)[name] for name in _RENEWED_OF_SYS})
            _restore(vars(sys), of_sys)
            self._restore_modules(modules)
        except Exception:
            return False
        return True

    def _restore_modules(self, kept: dict[str, types.ModuleType]) -> None:
        """Modules that were imported stay, as they would be found again; those that the program made go."""
        modules = sys.modules
        kept["__main__"] = modules["__main__"]  # the next test has its own
        if modules == kept:
            return
        for name in modules.keys() - kept.keys():
            if getattr(modules[name], "__spec__", None) is None:
                del modules[name]
            else:
                kept[name] = modules[name]
        _restore(modules, kept)
        self._keep_modules()


class _Interpreter:
    """The interpreter as it was before the first test."""

    def __init__(self) -> None:
        now = dict(vars(builtins)), dict(vars(sys)), dict(sys.modules)
        self._names, self._cwd = Names(lambda: now, lambda: None), os.getcwd()
        self._path, self._argv = list(sys.path), list(sys.argv)
        self._recursion, self._digits = sys.getrecursionlimit(), sys.get_int_max_str_digits()
        self._streams = [_Stream(number, getattr(sys, name), name) for number, name in enumerate(_STREAMS)]

    def restored(self) -> bool:
        """Put it back, as far as it can be."""
        try:
            os.dup2(_SPARE, 0)
            sys.settrace(None)
            sys.setprofile(None)
            if not self._names.restored():
                return False
            sys.path[:], sys.argv = self._path, list(self._argv)
            sys.setrecursionlimit(self._recursion)
            sys.set_int_max_str_digits(self._digits)
            os.chdir(self._cwd)
            os.umask(0o022)
            threading.stack_size(0)
            gc.enable()
            if "decimal" in sys.modules:
                decimal: Any = sys.modules["decimal"]
                decimal.setcontext(decimal.DefaultContext.copy())
            for name, stream in zip(_STREAMS, self._streams, strict=True):
                vars(sys)[name] = vars(sys)[f"__{name}__"] = stream.as_new()
        except Exception:
            return False
        return True


class _Process:
    """The process, and its directories, as they were before the first test."""

    def __init__(self, directories: tuple[str, ...], made: frozenset[str]) -> None:
        self._made, self._cwd = made, os.getcwd()
        self._directories = {path: {*os.listdir(path)} - made for path in directories}
        self._space = (-1, -1)
        self._process = _of_process()

    def has_streams(self) -> None:
        """The standard streams are other files from now on."""
        self._process = _of_process()

    def unchanged(self) -> bool:
        """Whether there is nothing that could not be put back."""
        try:
            return self._process_unchanged() and self._directories_unchanged()
        except Exception:
            return False

    def _process_unchanged(self) -> bool:
        """A thread that was joined may still be about to end."""
        for _ in range(_LOOKS):
            if _of_process() == self._process:
                return True
            os.sched_yield()
        return False

    def _directories_unchanged(self) -> bool:
        # In a file system of the jail's own nothing can be made without this being seen, and it takes no listing.
        status = os.statvfs(self._cwd)
        space = status.f_ffree, status.f_bfree
        if space == self._space:
            return True
        self._space = space
        return all({*os.listdir(path)} - self._made == names for path, names in self._directories.items())


def _settle(asks: int) -> None:
    """Close what is not needed, and open what is looked at after each test."""
    os.closerange(3, asks)
    os.closerange(asks + 1, _ALL_FILES)
    for number, path_of in ((_TASKS, "/proc/self/task"), (_DESCRIPTORS, "/proc/self/fd")):
        listed = os.open(path_of, os.O_RDONLY | os.O_DIRECTORY)
        os.dup2(listed, number, inheritable=False)
        os.close(listed)
    os.dup2(0, _SPARE, inheritable=False)


def _of_process() -> tuple[object, ...]:
    """What only a new process has as it was."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        children = True
    except ChildProcessError:
        children = False
    return (
        children,
        _thread._count(),
        os.fstat(_TASKS).st_nlink,  # one for each thread, whoever started it
        os.fstat(_DESCRIPTORS).st_size or os.listdir("/proc/self/fd"),  # how many, from Linux 6.2 on
        [(status.st_dev, status.st_ino) for status in map(os.fstat, (1, 2))],
        [_signal.getsignal(number) for number in _SIGNALS],
        [signal.getitimer(which) for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)],
        [resource.getrlimit(which) for which in _RLIMITS],
        _environment(),
    )


def _environment() -> dict[Any, Any]:
    """The variables as they are kept: comparing ``os.environ`` would decode each."""
    kept: Any = os.environ
    return dict(kept._data)


def _restore(names: dict[str, Any], before: dict[str, Any]) -> None:
    """Make ``names`` what they were."""
    if names == before:
        return
    for name in names.keys() - before.keys():
        del names[name]
    for name, value in before.items():
        if names.get(name) is not value:
            names[name] = value


def state_of(stream: Any) -> dict[str, Any]:
    """How a standard stream was made, apart from its newlines."""
    return {name: getattr(stream, name) for name in ("encoding", "errors", "line_buffering", "write_through")}


class _Stream:
    """A standard stream, made as the interpreter makes it (pylifecycle.c, create_stdio)."""

    def __init__(self, descriptor: int, first: io.TextIOWrapper, name: str) -> None:
        self._descriptor, self._name, self._stream = descriptor, name, first
        self._like = state_of(first)

    def as_new(self) -> io.TextIOWrapper:
        """The one that there is, where nothing of it can have changed but what was written; else another."""
        if self._descriptor == 0 or not self._untouched():
            raw = io.FileIO(self._descriptor, "w" if self._descriptor else "r", closefd=False)
            raw.name = f"<{self._name}>"
            binary: Any = io.BufferedWriter(raw) if self._descriptor else io.BufferedReader(raw)
            self._stream = io.TextIOWrapper(binary, newline="\n", **self._like)
            self._stream.mode = "w" if self._descriptor else "r"  # type: ignore[misc]
        return self._stream

    def _untouched(self) -> bool:
        try:
            return not self._stream.closed and state_of(self._stream) == self._like
        except ValueError:  # detached
            return False
