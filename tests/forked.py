"""Processes of ``microcoder``, forked from one that has imported what it needs: a start imports for a second of CPU time.

The test's own process asks for one with a command, an environment and descriptors, and becomes its parent, as if it had
started the command. ``tests/end_to_end/test_cli.py`` and whatever has a launcher start real commands.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import IO, Any, NoReturn

import psutil

from evaluator import local
from evaluator.local import LocalService
from sandbox.kernel.libc import PR_SET_CHILD_SUBREAPER, prctl

_ORDER_BYTES = 1 << 18
_MOST_DESCRIPTORS = 16
_LOOK_AGAIN_S = 0.005
_START_CPU_S = 0.5
_MODULE = [sys.executable, "-m", "evaluator"]
_AT_START = ("PYTHON", "LD_")
"""Beginnings of the variables that a process reads when it starts, and not later."""


def _read_at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_AT_START)}


_READ = _read_at_start(os.environ)


class ForkedProcess:
    """A child of this process, with the part of ``subprocess.Popen`` that tests use."""

    def __init__(self, arguments: Sequence[str], pid: int, stdin: IO[bytes] | None) -> None:
        self.args, self.pid, self.stdin = arguments, pid, stdin
        self.returncode: int | None = None
        self._waiting = threading.Lock()

    def poll(self) -> int | None:
        with self._waiting:
            if self.returncode is None:
                self.returncode = self._look()
        return self.returncode

    def _look(self) -> int | None:
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:  # the test has waited for it by its id
            return 0
        return os.waitstatus_to_exitcode(status) if pid else None

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            threading.Event().wait(_LOOK_AGAIN_S)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    stdin: int | None = None,
    stderr: IO[bytes] | None = None,
    start_new_session: bool = False,
) -> Any:
    """Start ``python -m evaluator ...``, by a fork where that comes to the same."""
    if command[: len(_MODULE)] != _MODULE or _read_at_start(env) != _READ:
        return subprocess.Popen(
            command, env=env, pass_fds=pass_fds, stdin=stdin, stderr=stderr, start_new_session=start_new_session
        )
    reading, writing = os.pipe() if stdin == subprocess.PIPE else (os.open(os.devnull, os.O_RDONLY), None)
    order = {
        "arguments": list(command[len(_MODULE) :]),
        "environment": dict(env),
        "directory": os.getcwd(),
        "descriptors": [0, 1, 2, *pass_fds],
        "session": start_new_session,
    }
    with contextlib.closing(os.fdopen(reading, "rb")):
        pid = _template().fork(order, [reading, 1, 2 if stderr is None else stderr.fileno(), *pass_fds])
    return ForkedProcess(command, pid, None if writing is None else os.fdopen(writing, "wb"))


def workers_of(service: int) -> list[psutil.Process]:
    """The worker processes of a service that live."""
    found = []
    for child in psutil.Process(service).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.name() == "worker" and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
    return found


def spinning(owner: psutil.Process) -> list[psutil.Process]:
    """The processes of programs below a worker or a slot: they have no child, and have used the CPU for longer than a
    slot takes to start. A slot's own processes have children, and use the more CPU time the more tests they serve.

    A program that reads the clock in a loop spends most of its time in the kernel, so both times count.
    """
    with contextlib.suppress(psutil.NoSuchProcess):
        return [process for process in owner.children(recursive=True) if _is_spinning(process)]
    return []


def _is_spinning(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return _cpu_s(process) > _START_CPU_S and not process.children()
    return False


def _cpu_s(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


@contextmanager
def local_service(
    *, workers: int | None = None, settings: Mapping[str, str] | None = None, launcher: Sequence[str] = ()
) -> Iterator[LocalService]:
    """``evaluator.local.local_service``, forked unless there is a launcher."""
    with local.local_service(workers=workers, settings=settings, launcher=launcher, start=start) as service:
        yield service


class Template:
    """The process that has imported everything."""

    def __init__(self) -> None:
        self._connection, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            command = [sys.executable, "-m", "tests.forked", str(its.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL)
        atexit.register(self.close)
        self._asking = threading.Lock()

    def fork(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> int:
        """Have a process made that is this one's child. Returns its id."""
        with self._asking:
            prctl(PR_SET_CHILD_SUBREAPER, 1)  # a grandchild of the template's becomes this process's child
            try:
                socket.send_fds(self._connection, [json.dumps(order).encode()], descriptors)
                return int(self._connection.recv(_ORDER_BYTES))
            finally:
                prctl(PR_SET_CHILD_SUBREAPER, 0)

    def close(self) -> None:
        self._connection.close()
        self._process.wait()


@cache
def _template() -> Template:
    return Template()


def _serve(connection: socket.socket) -> None:
    """Fork for every order, until the other end is closed."""
    import evaluator.cli.hosting
    import evaluator.cli.server
    import evaluator.queueing.distributed
    import evaluator.queueing.rq_worker
    import evaluator.queueing.worker  # noqa: F401
    from evaluator.languages import Languages
    from evaluator.settings import Settings

    Languages.probe(Settings())  # forks know what the toolchains said
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    alive = Descendants()
    gc.collect()
    gc.freeze()
    while True:
        data, descriptors, *_ = socket.recv_fds(connection, _ORDER_BYTES, _MOST_DESCRIPTORS)
        if not data:
            alive.end()
            return
        reading, writing = os.pipe()
        if (middle := os.fork()) == 0:
            if (child := os.fork()) == 0:
                signal.signal(signal.SIGINT, interrupted)
                _become(json.loads(data), descriptors)
            os.write(writing, str(child).encode())
            os._exit(0)
        os.waitpid(middle, 0)
        for descriptor in (writing, *descriptors):
            os.close(descriptor)
        with open(reading, "rb") as answer:
            child_pid = answer.read()
        alive.add(int(child_pid))
        connection.send(child_pid)


class Descendants:
    """Processes that were made and perhaps live: should the test's process be killed, they end too."""

    def __init__(self) -> None:
        self._descriptors: list[int] = []
        self._ended = select.poll()

    def add(self, pid: int) -> None:
        for descriptor, _ in self._ended.poll(0):
            self._ended.unregister(descriptor)
            self._descriptors.remove(descriptor)
            os.close(descriptor)
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            self._descriptors.append(descriptor)
            self._ended.register(descriptor, select.POLLIN)

    def end(self) -> None:
        for descriptor in self._descriptors:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, signal.SIGTERM)


def _become(order: Mapping[str, Any], descriptors: Sequence[int]) -> NoReturn:
    """Be the process that the order asks for."""
    code: object = 1
    try:
        _take(descriptors, order["descriptors"])
        os.chdir(order["directory"])
        if order["session"]:
            os.setsid()
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = ["microcoder", *order["arguments"]]
        from evaluator.cli import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code if isinstance(code, int) else 1)


def _take(descriptors: Sequence[int], numbers: Sequence[int]) -> None:
    """Give the descriptors their numbers, and close all others."""
    first_free = max(*numbers, *descriptors) + 1
    high = [os.dup2(descriptor, first_free + place) for place, descriptor in enumerate(descriptors)]
    for descriptor, number in zip(high, numbers, strict=True):
        os.dup2(descriptor, number)
    os.closerange(max(numbers) + 1, os.sysconf("SC_OPEN_MAX"))
    for number in set(range(max(numbers))) - set(numbers):
        with contextlib.suppress(OSError):
            os.close(number)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
