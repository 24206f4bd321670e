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
from sandbox.execution import Interrupted
from sandbox.isolation import IsolationTooWeak
from sandbox.kernel.libc import PR_SET_PDEATHSIG, prctl
from sandbox.toolchain import languages

_PIECE_BYTES = 1 << 18
_MARGIN_S = 120.0
_JUDGE_S = 60.0
"""What a checker, an interactor or tests may take for each run, beside the submission."""
_COMPILED_BEFORE = 8
"""So many times as long as one: submission and judge's program, and what is prepared for the compiler of each."""
_LARGEST_CPU_FACTOR = max(language.cpu_factor for language in languages().values())
_LARGEST_COMPILE_FACTOR = max(language.compile_factor for language in languages().values())
_LONGEST_ALARM_S = 2**31 - 1
"""More than that the kernel's alarm does not take."""
_WAITING_FACTOR = 11
"""A run may wait for a busy machine for ten times its wall limit before the sandbox stops it."""


def main() -> None:
    """Entry point: ``argv`` names the sockets of tasks and of interruptions and the worker's number; settings come as
    the first message."""
    connection, interrupting = (socket.socket(fileno=int(descriptor)) for descriptor in sys.argv[1:3])
    number = int(sys.argv[3])
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the service decides
    inbox = Inbox(connection)
    if (first := inbox.next()) is None:
        return
    settings = Settings.model_validate_json(first[1])
    configure(settings.log_level)
    pin(number, settings.workers)
    with contextlib.suppress(ConnectionError):  # the queue has gone: there is nobody left to tell
        _work(connection, inbox, Interruptions(interrupting), settings)


def _work(connection: socket.socket, inbox: Inbox, interruptions: Interruptions, settings: Settings) -> None:
    try:
        grader = open_grader(settings)
    except (IsolationTooWeak, OSError, subprocess.SubprocessError) as error:
        connection.sendall(framed(RefusalMessage(reason=str(error))))
        return
    with grader:
        connection.sendall(framed(Hello(isolation=grader.isolation, versions=dict(grader.languages.versions))))
        store = SuiteStore.of(settings)
        grader.interrupt_by(interruptions.fileno())
        settle()
        while (given := inbox.next()) is not None:
            number, data = given
            task = TASK.validate_json(data)
            answer: Result = Dropped()
            while isinstance(answer, Dropped) and not interruptions.meant(number):
                answer = answered(task, grader, store, settings)
            answer.slots_discarded = grader.slots_discarded
            connection.sendall(framed(answer, number))


class Inbox:
    """Tasks that have come and are not begun."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._frames = Frames()
        self._waiting: dict[int, bytes] = {}

    def next(self) -> tuple[int, bytes] | None:
        """The next task's number and JSON; None once the queue has hung up."""
        while self._hear(wait=not self._waiting):
            if self._waiting:
                number = next(iter(self._waiting))
                return number, self._waiting.pop(number)
        return None

    def _hear(self, *, wait: bool) -> bool:
        """All that has come, so that what was given and taken back since is not begun."""
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
    """Numbers of tasks that nobody waits for any more. What runs is ended by any, also by one that comes too late, of
    a task before it, or when the queue has hung up."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def fileno(self) -> int:
        """What can be read once there is one."""
        return self._connection.fileno()

    def meant(self, number: int) -> bool:
        """Whether that task is not to be gone on with."""
        found = False
        with contextlib.suppress(BlockingIOError):
            while said := self._connection.recv(NUMBER.size, socket.MSG_DONTWAIT):
                found = found or NUMBER.unpack(said) == (number,)
            return True
        return found


def pin(number: int, workers: int) -> None:
    """One CPU for each worker and its programs, where that fills the CPUs we may run on: unpinned runs are slower and
    vary more. Where there are more CPUs than workers, others may be meant to use them, and would pin theirs alike."""
    cpus = sorted(os.sched_getaffinity(0))
    if workers == len(cpus):
        os.sched_setaffinity(0, {cpus[number]})


def answered(task: Task, grader: Grader, store: SuiteStore, settings: Settings) -> Result:
    """What a task comes to. A process that takes far longer than it may is ended by the kernel."""
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
        return Graded(report=grader.grade(submission, suite, task.holder))
    except ApiError as error:
        return RequestProblem(status=error.status, slug=error.slug, title=error.title, detail=well_formed(error.detail))
    except Interrupted:  # why is for the caller to find out
        return Dropped()
    finally:
        signal.alarm(0)


def _runs(suite: Suite) -> int:
    """How many runs a suite's tests may take, at most: those of its reference come first."""
    return max(1, len(suite.tests)) * (MAX_RUNS_TO_PREPARE + 1 if suite.mode == "program" else 1)


def _end_if_stuck(limits: Limits, runs: int, settings: Settings) -> None:
    """Have the kernel end this process (SIGALRM's default) should a task take longer than anything it may do: the
    queue then starts another."""
    wall_s = limits.wall_for(_LARGEST_CPU_FACTOR * limits.cpu_s)
    compile_s = settings.compile_wall_s * max([_LARGEST_COMPILE_FACTOR, *settings.compile_factors.values()])
    each_s, before_s = wall_s + _JUDGE_S + compile_s, _COMPILED_BEFORE * compile_s
    longest_s = math.ceil((runs * each_s + before_s) * _WAITING_FACTOR + _MARGIN_S)
    signal.alarm(min(longest_s, _LONGEST_ALARM_S))


if __name__ == "__main__":
    main()
