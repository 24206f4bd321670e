"""Run as a program of its own: grades every hostile program in a grader of one tier; a line of JSON for each.

``python -m tests.hostile.runner NAME...``, with the order (``configurations``) as JSON on stdin. After each program an honest one must be accepted and the host must be as it was.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

from evaluator.errors import UnknownLanguage
from evaluator.grading.grader import Grader, open_grader
from evaluator.schema import Limits, Report, Submission, Suite, TestCase
from evaluator.settings import Settings
from sandbox.execution import SlotFailed
from sandbox.isolation import IsolationTooWeak, Tier
from sandbox.kernel.libc import PR_SET_DUMPABLE, prctl
from sandbox.runtime import Runtime
from sandbox.slot import Slot
from tests.hostile.host import Ours, Snapshot, spare_uids
from tests.hostile.program import Hostile, every_program

_SETTLES_S, _LOOK_AGAIN_S = 10.0, 0.005
SOCKETS_IN = ("network", "io_uring", "daemons")


@dataclass(frozen=True)
class Traps:
    """Sockets on which nothing must ever arrive."""

    tcp: socket.socket
    udp: socket.socket
    abstract: socket.socket

    def sprung(self) -> list[str]:
        """The names of those on which something did."""
        found = []
        for name in ("tcp", "udp", "abstract"):
            try:
                trap: socket.socket = getattr(self, name)
                trap.recv(64) if name == "udp" else trap.accept()[0].close()
                found.append(f"{name}: somebody came")
            except BlockingIOError:
                continue
        return found


@contextlib.contextmanager
def traps(mark: str) -> Iterator[Traps]:
    """One trap of each kind, on the loopback device and in the abstract name space."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        udp.bind(("127.0.0.1", 0))
        abstract.bind(f"\0trap-{mark}")
        abstract.listen()
        for trap in (tcp, udp, abstract):
            trap.setblocking(False)
        yield Traps(tcp, udp, abstract)


class Judge:
    """Grades programs and looks at the host after each."""

    def __init__(self, grader: Grader, slot: Slot, order: dict[str, Any], set_traps: Traps) -> None:
        self._grader, self._traps = grader, set_traps
        self._secret: str = order["mark"] + order["other_half"]
        self._values = {
            "half": order["mark"],
            "file": f"{order['directory']}/canary/canary",
            "dir": f"{order['directory']}/canary",
            "data": f"{order['directory']}/data",
            "runner": str(os.getpid()),
            "port": str(set_traps.tcp.getsockname()[1]),
            "udp": str(set_traps.udp.getsockname()[1]),
            "abstract": f"trap-{order['mark']}",
        }
        root = os.geteuid() == 0
        self._ours = Ours(
            uids=spare_uids(os.getpid()) if root else frozenset({os.geteuid()}),
            mark=order["mark"],
            canary=Path(self._values["dir"]),
            runner=os.getpid(),
            box=None if slot.tier is Tier.NAMESPACES else slot.jail.box,
        )
        self.honest()
        slots = 3 if self._compiles() else 1
        # Of the jail's own, a pid namespace has two besides the child that waits; the child may not be there yet.
        below = slots * (3 if slot.tier is Tier.NAMESPACES else 2)
        # Without root the runner itself is the same user; with it, the first process outside has one of the spare ids
        # only where it is in a user namespace.
        of_our_users = below + 1 if not root else below if slot.tier is Tier.NAMESPACES else slots
        self._before = replace(Snapshot.take(self._ours), below=below, of_our_users=of_our_users, box=frozenset())

    def honest(self) -> str:
        """The verdict on a program that does what it should; it, its input and its expected output hold the secret."""
        code = f"mark = '{self._secret}'\nprint(input()[::-1])"
        test = TestCase(input=self._secret[::-1] + "\n", output=self._secret + "\n")
        suite = Suite(mode="stdio", tests=(test,), limits=Limits(cpu_s=5, wall_s=20, memory_mb=128))
        report = self._grader.grade(Submission(code=code, suite=suite), suite)
        return report.verdict.value

    def _compiles(self) -> bool:
        """Have the slots of compilers and executables made, which stay, where there is a compiler here."""
        test = TestCase(input="", output="")
        suite = Suite(mode="stdio", tests=(test,), limits=Limits(cpu_s=5, wall_s=20, memory_mb=128))
        try:
            self._grader.grade(Submission(language="c", code="int main(void) { return 0; }", suite=suite), suite)
        except UnknownLanguage:
            return False
        return True

    def judge(self, program: Hostile) -> dict[str, Any]:
        """Everything that is known after one program."""
        started = time.perf_counter()
        report = self._grade(program)
        honest = self.honest()
        said = [text for test in report.tests for text in (test.stdout, test.stderr)]
        leaked = self._secret in json.dumps([text if isinstance(text, str) else repr(text) for text in said])
        leaked |= self._secret in report.model_dump_json()
        return {
            "name": program.name,
            "verdict": report.verdict.value,
            "isolation": report.isolation,
            "reason": report.reason or (report.first_failure.reason if report.first_failure else None),
            "tests": [[test.verdict.value, str(test.stdout)[:2000], str(test.stderr)[-500:]] for test in report.tests],
            "compiler": report.compile.log[-500:] if report.compile else "",
            "leaked": leaked or (report.compile is not None and self._secret in report.compile.log),
            "honest": honest,
            "traces": [*self._traces(sockets=program.category in SOCKETS_IN), *self._traps.sprung()],
            "seconds": round(time.perf_counter() - started, 3),
        }

    def _grade(self, program: Hostile) -> Report:
        if program.checks:
            return self._grade_with(program)
        tests = tuple(
            TestCase(input=given + "\n", output=said + "\n")
            for given, said in zip(program.inputs, program.says, strict=True)
        )
        suite = Suite(mode="stdio", tests=tests, limits=Limits.model_validate(program.limits))
        submission = Submission(
            language=program.language, code=program.code(self._values), suite=suite, policy="all", detail="full"
        )
        return self._grader.grade(submission, suite)

    def _grade_with(self, checker: Hostile) -> Report:
        """Grade an honest program in a suite whose checker is the hostile one."""
        code = {"kind": "program", "protocol": "icpc", "language": checker.language, "code": checker.code(self._values)}
        test = {"input": "", "output": "1\n"}
        suite = Suite.model_validate({"mode": "stdio", "checker": code, "tests": [test]})
        return self._grader.grade(Submission(code="print(1)", suite=suite, policy="all", detail="full"), suite)

    def _traces(self, *, sockets: bool) -> list[str]:
        """Return the traces on the host; the jail gets a moment, since it clears up while nobody waits for it."""
        deadline = time.monotonic() + _SETTLES_S
        while found := self._before.traces(now := Snapshot.take(self._ours, sockets=sockets)):
            if time.monotonic() > deadline:
                self._before = replace(now, sockets=self._before.sockets)  # told once, for the program that did it
                break
            select.select([], [], [], _LOOK_AGAIN_S)
        return found


def become(uid: int) -> None:
    """A user without rights, as visible to its other processes as if the program had been started by that user."""
    "".encode("unicode_escape")  # loads the codec from an interpreter that the user may not be able to read
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    prctl(PR_SET_DUMPABLE, 1)


def main() -> None:
    order, names = json.load(sys.stdin), set(sys.argv[1:])
    programs = [program for program in every_program() if program.name in names]
    if order["uid"]:
        become(order["uid"])
    opened: list[Slot] = []

    def of_one_tier(runtime: Runtime, tier: Tier) -> Slot:
        opened.append(Slot(tier, runtime))
        return opened[-1]

    settings = Settings(
        data_dir=Path(order["directory"], "data"),
        python=order["python"],
        min_isolation=Tier(order["tier"]).value,
        compile_cpu_s=2,
        compile_memory_mb=512,
    )
    try:
        with mock.patch("sandbox.sandbox.strongest", of_one_tier):
            grader = open_grader(settings)
    except (SlotFailed, IsolationTooWeak) as error:
        print(json.dumps({"refused": str(error)}))
        return
    with grader, traps(order["mark"]) as set_traps:
        judge = Judge(grader, opened[0], order, set_traps)
        for program in programs:
            print(json.dumps(judge.judge(program)), flush=True)


if __name__ == "__main__":
    main()
