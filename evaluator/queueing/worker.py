"""A worker process: one sandbox slot, one task at a time, until the queue hangs up."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import subprocess
import sys

from evaluator.errors import ApiError
from evaluator.grading.grader import Grader, open_grader
from evaluator.grading.reference import MAX_RUNS_TO_PREPARE
from evaluator.log import configure
from evaluator.memory import settle
from evaluator.queueing.messages import (
    NUMBER,
    TASK,
    Checked,
    CheckTask,
    Dropped,
    Frames,
    Graded,
    Hello,
    Introduction,
    Ran,
    RefusalMessage,
    RequestProblem,
    Result,
    RunTask,
    Task,
    framed,
)
from evaluator.schema import Limits, Suite, well_formed
from evaluator.settings import Settings
from evaluator.suites import SuiteStore
from evaluator.written_report import WrittenReport
from sandbox.execution import Interrupted
from sandbox.isolation import IsolationTooWeak
from sandbox.kernel.libc import PR_SET_NAME, PR_SET_PDEATHSIG, call, prctl
from sandbox.toolchain import know, languages

NAME = b"worker"
"""Name of the process, as ``ps -o comm`` and ``top`` show it: a forked one has the service's command line."""
_PIECE_BYTES = 1 << 16
"""Small enough for memory that is at hand (``settle``): room for more would be mapped and unmapped with each task."""
_MARGIN_S = 120.0
_JUDGE_S = 60.0
"""Seconds that a checker, an interactor or tests may take for each run, beside the submission."""
_COMPILED_BEFORE = 8
"""Compilations before the first run, at most: of the submission, of the judge's program, and of what is prepared for
the compiler of each."""
_LARGEST_CPU_FACTOR = max(language.cpu_factor for language in languages().values())
_LARGEST_COMPILE_FACTOR = max(language.compile_factor for language in languages().values())
_LONGEST_ALARM_S = 2**31 - 1
"""The longest alarm that the kernel accepts, in seconds."""
_WAITING_FACTOR = 11
"""Factor on the time of a run: on a busy machine it may wait ten times its wall limit before the sandbox stops it."""


def main() -> None:
    """Run a worker. ``argv`` has the descriptors of the sockets for tasks and for interruptions, and the worker's
    number."""
    connection, interrupting = (socket.socket(fileno=int(descriptor)) for descriptor in sys.argv[1:3])
    work_at(connection, interrupting, int(sys.argv[3]))


def work_at(connection: socket.socket, interrupting: socket.socket, number: int) -> None:
    """Do the tasks that come over ``connection``, until it ends; the first message is an ``Introduction``."""
    call("prctl", PR_SET_NAME, NAME)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the service decides
    inbox = Inbox(connection)
    if (first := inbox.next()) is None:
        return
    introduction = Introduction.model_validate_json(first[1])
    settings = introduction.settings
    know(dict(introduction.versions))
    configure(settings.log_level)
    pin(number, settings.workers)
    with contextlib.suppress(ConnectionError):  # the queue has gone: nobody is left to answer
        _work(connection, inbox, Interruptions(interrupting), settings)


def _work(connection: socket.socket, inbox: Inbox, interruptions: Interruptions, settings: Settings) -> None:
    try:
        grader = open_grader(settings)
    except (IsolationTooWeak, OSError, subprocess.SubprocessError) as error:
        connection.sendall(framed(RefusalMessage(reason=str(error))))
        return
    with grader:
        toolchains = grader.languages
        hello = Hello(
            isolation=grader.isolation, versions=dict(toolchains.versions), packages=dict(toolchains.packages)
        )
        connection.sendall(framed(hello))
        store = SuiteStore.of(settings)
        grader.interrupt_by(interruptions.fileno())
        settle()
        while (delivery := inbox.next()) is not None:
            number, data = delivery
            task = TASK.validate_json(data)
            answer: Result = Dropped()
            while isinstance(answer, Dropped) and not interruptions.include(number):
                answer = answered(task, grader, store, settings)
            answer.slots_discarded = grader.slots_discarded
            connection.sendall(framed(answer, number))


class Inbox:
    """The tasks that have arrived and are not begun."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._frames = Frames()
        self._waiting: dict[int, bytes] = {}

    def next(self) -> tuple[int, bytes] | None:
        """Wait for the next task and return its number and JSON. None once the queue has closed the connection."""
        while self._hear(wait=not self._waiting):
            if self._waiting:
                number = next(iter(self._waiting))
                return number, self._waiting.pop(number)
        return None

    def _hear(self, *, wait: bool) -> bool:
        """Read everything that has arrived, so that a task which was withdrawn since is not begun. False once the
        connection is closed."""
        flags = 0 if wait else socket.MSG_DONTWAIT
        with contextlib.suppress(BlockingIOError):
            while data := self._connection.recv(_PIECE_BYTES, flags):
                for number, message in self._frames.fed(data):
                    if message:
                        self._waiting[number] = message
                    else:
                        self._waiting.pop(number, None)
                if len(data) < _PIECE_BYTES:
                    return True
                flags = socket.MSG_DONTWAIT
            return False
        return True


class Interruptions:
    """The numbers of tasks that nobody waits for any more. Any number stops the current run, even a late one of an
    earlier task; so does the end of the connection. ``include`` tells whether the current task was meant."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def fileno(self) -> int:
        """Return the descriptor that becomes readable with the first interruption."""
        return self._connection.fileno()

    def include(self, number: int) -> bool:
        """Read all interruptions; tell whether one of them is for this task, or the queue has closed the connection."""
        is_ours = False
        with contextlib.suppress(BlockingIOError):
            while message := self._connection.recv(NUMBER.size, socket.MSG_DONTWAIT):
                is_ours = is_ours or NUMBER.unpack(message) == (number,)
            return True
        return is_ours


def pin(number: int, workers: int) -> None:
    """Pin this worker and its programs to one CPU, if there are as many workers as CPUs that we may use: unpinned runs
    are slower and vary more. If there are more CPUs, another service may use the rest, and would choose the same ones.
    """
    cpus = sorted(os.sched_getaffinity(0))
    if workers == len(cpus):
        os.sched_setaffinity(0, {cpus[number]})


def answered(task: Task, grader: Grader, store: SuiteStore, settings: Settings) -> Result:
    """Run a task and return its result. The kernel ends this process if the task takes far longer than it may."""
    before_s = grader.waited_s
    result = _result(task, grader, store, settings)
    result.waited_s = grader.waited_s - before_s
    return result


def _result(task: Task, grader: Grader, store: SuiteStore, settings: Settings) -> Result:
    try:
        if isinstance(task, RunTask):
            _end_if_stuck(task.request.limits, 1, settings)
            return Ran(report=grader.run(task.request, task.holder))
        if isinstance(task, CheckTask):
            _end_if_stuck(task.suite.limits, _runs(task.suite), settings)
            return Checked(report=grader.check(task.suite, task.holder))
        submission = task.submission
        suite = submission.suite or store.get(submission.suite_id or "")
        _end_if_stuck(suite.limits, _runs(suite), settings)
        return Graded(report=WrittenReport.of(grader.grade(submission, suite, task.holder)))
    except ApiError as error:
        return RequestProblem(status=error.status, slug=error.slug, title=error.title, detail=well_formed(error.detail))
    except Interrupted:  # the caller finds out which task was meant
        return Dropped()
    finally:
        signal.alarm(0)


def _runs(suite: Suite) -> int:
    """Return the runs that a suite's tests may take, at most, with those that prepare its reference."""
    return max(1, len(suite.tests)) * (MAX_RUNS_TO_PREPARE + 1 if suite.mode == "program" else 1)


def _end_if_stuck(limits: Limits, runs: int, settings: Settings) -> None:
    """Let the kernel end this process (SIGALRM's default) if a task takes longer than all its limits together. The
    queue then starts another worker."""
    wall_s = limits.wall_for(_LARGEST_CPU_FACTOR * limits.cpu_s)
    compile_s = settings.compile_wall_s * max([_LARGEST_COMPILE_FACTOR, *settings.compile_factors.values()])
    each_s, before_s = wall_s + _JUDGE_S + compile_s, _COMPILED_BEFORE * compile_s
    longest_s = math.ceil((runs * each_s + before_s) * _WAITING_FACTOR + _MARGIN_S)
    signal.alarm(min(longest_s, _LONGEST_ALARM_S))


if __name__ == "__main__":
    main()
