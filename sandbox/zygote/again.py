"""One Python program run several times in one process, each time as if it were the first.

Between two tests everything that a script commonly leaves behind is put back as it was, or is taken as a reason to
end: the process then ends as it would have after that one test, and the next test gets another. What is not put back
is what a program changes inside the library's modules; so of all tests but a process's first only acceptance counts,
and whatever else they show is decided anew.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what signal wraps, without the conversion to names
import _thread
import builtins
import gc
import io
import os
import resource
import signal
import socket
import sys
import threading
import types
from collections.abc import Callable
from typing import Any, NoReturn

from sandbox.zygote.python_main import run_script

_MESSAGE_BYTES = 64
_ALL_FILES = 1 << 20
_RENEWED_OF_SYS = ("argv", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")
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
_OF_STREAM = ("encoding", "errors", "line_buffering", "write_through")
_LOOKS = 50
Place = Callable[[int], Any]


def run_tests(
    code: types.CodeType,
    path: str,
    asks: socket.socket,
    directories: tuple[str, ...],
    made: frozenset[str],
    place: Place,
) -> NoReturn:
    """Run ``code`` as ``__main__``, then again for each test that comes over ``asks``, until it is closed.

    ``directories`` are all that the program may write in, and ``made`` the files that it may leave there; ``place``
    removes those and puts the files of the next test there, read from a descriptor.
    """
    os.closerange(3, asks.fileno())
    os.closerange(asks.fileno() + 1, _ALL_FILES)
    before = _Before(directories, made)
    # Whatever the program replaces in these modules, it does not reach what is used here.
    leave, getpid, receive, redirect, close = os._exit, os.getpid, socket.recv_fds, os.dup2, os.close
    send, pid = asks.send, getpid()
    while True:
        ended = run_script(code, path)
        if ended.status or not ended.plainly or getpid() != pid or not before.restored():
            leave(ended.status)
        try:
            send(b"next")
            message, descriptors, _, _ = receive(asks, _MESSAGE_BYTES, 2)
        except OSError:
            leave(0)
        if not message:
            leave(0)
        redirect(descriptors[0], 0)
        for body in descriptors[1:]:
            place(body)
        for descriptor in descriptors:
            close(descriptor)


class _Before:
    """The interpreter and the process as they were before the first test."""

    def __init__(self, directories: tuple[str, ...], made: frozenset[str]) -> None:
        self._made = made
        self._directories = {path: {*os.listdir(path)} - made for path in directories}
        self._cwd = os.getcwd()
        self._space = (-1, -1)
        self._builtins = dict(vars(builtins))
        self._sys = dict(vars(sys))
        self._path, self._argv = list(sys.path), list(sys.argv)
        self._modules = dict(sys.modules)
        self._recursion, self._digits = sys.getrecursionlimit(), sys.get_int_max_str_digits()
        self._streams = [
            {name: getattr(stream, name) for name in _OF_STREAM} for stream in (sys.stdin, sys.stdout, sys.stderr)
        ]
        self._process = self._of_process()

    def restored(self) -> bool:
        """Put back what can be; whether that is all."""
        try:
            if not self._process_unchanged() or not self._directories_unchanged():
                return False
            self._restore_interpreter()
        except Exception:
            return False
        return True

    def _process_unchanged(self) -> bool:
        """A thread that was joined may still be about to end."""
        for _ in range(_LOOKS):
            if self._of_process() == self._process:
                return True
            os.sched_yield()
        return False

    def _of_process(self) -> tuple[object, ...]:
        """What only a new process has as it was."""
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            children = True
        except ChildProcessError:
            children = False
        return (
            children,
            _thread._count(),
            os.stat("/proc/self/task").st_nlink,  # one for each thread, whoever started it
            os.stat("/proc/self/fd").st_size or os.listdir("/proc/self/fd"),  # how many, from Linux 6.2 on
            [(status.st_dev, status.st_ino) for status in map(os.fstat, (1, 2))],
            [_signal.getsignal(number) for number in _SIGNALS],
            [signal.getitimer(which) for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)],
            [resource.getrlimit(which) for which in _RLIMITS],
            _environment(),
        )

    def _directories_unchanged(self) -> bool:
        # In a file system of the jail's own nothing can be made without this being seen, and it takes no listing.
        status = os.statvfs(self._cwd)
        space = status.f_ffree, status.f_bfree
        if space == self._space:
            return True
        self._space = space
        return all({*os.listdir(path)} - self._made == names for path, names in self._directories.items())

    def _restore_interpreter(self) -> None:
        _restore(vars(builtins), self._builtins)
        sys.settrace(None)
        sys.setprofile(None)
        self._sys.update({name: vars(sys)[name] for name in _RENEWED_OF_SYS})
        _restore(vars(sys), self._sys)
        sys.path[:], sys.argv = self._path, list(self._argv)
        sys.setrecursionlimit(self._recursion)
        sys.set_int_max_str_digits(self._digits)
        self._restore_modules()
        os.chdir(self._cwd)
        os.umask(0o022)
        threading.stack_size(0)
        gc.enable()
        if "decimal" in sys.modules:
            decimal: Any = sys.modules["decimal"]
            decimal.setcontext(decimal.DefaultContext.copy())
        for descriptor, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
            stream = _stream(descriptor, mode, f"<{name}>", self._streams[descriptor])
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)

    def _restore_modules(self) -> None:
        """Modules that were imported stay, as they would be found again; those that the program made go."""
        modules = sys.modules
        if modules == self._modules:
            return
        for name in modules.keys() - self._modules.keys():
            if getattr(modules[name], "__spec__", None) is None:
                del modules[name]
            else:
                self._modules[name] = modules[name]
        _restore(modules, self._modules)


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


def _stream(descriptor: int, mode: str, name: str, like: dict[str, Any]) -> io.TextIOWrapper:
    """A standard stream as the interpreter makes it (pylifecycle.c, create_stdio)."""
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = name
    binary: Any = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    stream = io.TextIOWrapper(binary, newline="\n", **like)
    stream.mode = mode  # type: ignore[misc]
    return stream
