"""One run of one program under one test code, in either way, and what the outer judge makes of it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from evaluator import harness
from evaluator.grading.dialogue import hold
from evaluator.grading.outcome import describe_exit
from evaluator.grading.prepared import PreparedTest
from evaluator.judging.conditions import OutOfReach
from evaluator.judging.records import Lines, Reading
from evaluator.judging.verdicts import EXPECTATION, RECORDS, RESULT, SEALED, conclude, conclude_reading
from evaluator.schema import Policy, ProgramSpec
from sandbox.execution import Executable, Execution, Limit, Program, PythonModule
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.talk import Line

_log = logging.getLogger(__name__)

SUBMISSION, DELIVERED = "solution.py", "delivered.json"
_RUNNER, _SERVER, _JUDGE = "evaluator.harness.runner", "evaluator.harness.server", "evaluator.judging.verdicts"
_TESTS_CPU_S = 20.0
_TESTS_MEMORY = 1024 * MIB
"""Room for tests apart, in addition to the submission's limits."""
_JUDGE_CPU_S, _JUDGE_WALL_S = 5.0, 60.0
_JUDGE_BYTES_PER_S = 1 * MIB
"""The outer judge has one CPU second more for so many bytes of records."""
_JUDGE_MEMORY = 2048 * MIB
_MAX_RECORD_BYTES = 64 * MIB
_MAX_RECORD_BYTES_HERE = 32 * 1024
"""Bytes that this process reads in no more time than the judge's start would take."""
_RUNTIME = "tests"
_SEED = "4711"
_BOOT = "import sys; sys.path.insert(0, '.harness'); from {module} import main; sys.path.remove('.harness'); main()"
_FORGED_RECORDS = b"null\n"
"""Stands for what no recorder of ours has left."""
LEARNING = json.dumps({"required": [], "outcomes": None}).encode()
"""An expectation: nothing is required."""


class Trial(NamedTuple):
    """A run, and ``verdicts.conclude``'s result of it. ``broken``: the tests' own process failed, and how."""

    execution: Execution
    result: dict[str, Any]
    broken: str | None = None

    @property
    def accepted(self) -> bool:
        """True if the tests passed within the limits."""
        return self.execution.stopped_by is None and self.broken is None and self.result.get("accepted") is True

    @property
    def items(self) -> list[dict[str, Any]]:
        """The tests of the report."""
        items: list[dict[str, Any]] = self.result.get("items", [])
        return items


@dataclass(frozen=True)
class Trials:
    """Runs programs under test codes of one suite."""

    sandbox: Sandbox
    python: str
    """The interpreter of submissions."""
    spec: ProgramSpec
    limits: RunLimits
    faults: MutableMapping[bytes, str | None] = field(default_factory=dict)
    """By test code: the reason why it cannot judge any program, or None. Found when it is first needed."""
    on_run: Callable[[Execution], None] = lambda _: None
    """Is told of each run of a program."""

    def fault_of(self, test: PreparedTest, find: Callable[[Trials, PreparedTest], str | None]) -> str | None:
        """Return the reason why a test code cannot judge any program, or None. It is found once.

        Raises:
            SlotFailed: a fault of ours.
        """
        about = (test.conditions, test.delivered(self.spec, "all"), test.way.encode(), repr(self.limits).encode())
        key = hashlib.sha256(b"\0".join(about)).digest()
        if key not in self.faults:
            self.faults[key] = find(self, test)
        return self.faults[key]

    def run(self, code: bytes, test: PreparedTest, policy: Policy, expectation: bytes | None) -> Trial:
        """Run a program under a test code, in the way that is the test code's.

        Raises:
            SlotFailed: a fault of ours.
        """
        if test.way == "apart":
            by_calls = None if expectation == LEARNING else self.run_calls(code, test, policy, expectation)
            return by_calls or self._apart(code, test, policy, expectation)
        program = self._program(code, test, policy)
        limits = self.limits._replace(collect_bytes=min(self.limits.collect_bytes, _MAX_RECORD_BYTES))
        return self._judged(self.sandbox.run(program, limits), test, expectation)

    def run_calls(self, code: bytes, test: PreparedTest, policy: Policy, expectation: bytes | None) -> Trial | None:
        """Run a program under tests that are no more than calls, without a process for those. Returns None where they
        are more, or what comes of them is irregular.

        Raises:
            SlotFailed: a fault of ours.
        """
        if test.calls is None:
            return None

        def talk(line: Line) -> Reading | None:
            with _within_reach():
                return hold(line, test, self.spec, policy)
            return None

        execution, reading = self.sandbox.talk(PythonModule((_SERVER,), {SUBMISSION: code}), self.limits, talk)
        self.on_run(execution)
        if reading is None:
            return None
        known = None if expectation is None else json.loads(expectation)
        with _within_reach():
            return Trial(execution, conclude_reading(test.suite, reading, known))
        return None

    def run_otherwise(self, code: bytes, test: PreparedTest) -> Trial:
        """Run a reference under another order of sets: what its process is, is decided before it is there.

        Raises:
            SlotFailed: a fault of ours.
        """
        if test.way == "apart":
            return self._apart(code, test, "all", LEARNING, self._cold)
        return self._judged(self.sandbox.run(self._cold(self._program(code, test, "all")), self.limits), test, LEARNING)

    def _cold(self, program: Program) -> Program:
        """Return the program under an interpreter that is started for it, with another hash seed."""
        sources = harness.sources() if program.argv == (_SERVER,) else harness.test_sources()
        modules = {f".harness/{name.replace('.', '/')}.py": source.encode() for name, source in sources}
        return Executable(
            (self.python, "-sP", "-c", _BOOT.format(module=program.argv[0])),
            {**modules, **program.files},
            collect=program.collect,
            environment={"PYTHONHASHSEED": _SEED},
        )

    def _program(self, code: bytes, test: PreparedTest, policy: Policy) -> Program:
        files = {SUBMISSION: code, DELIVERED: test.delivered(self.spec, policy)}
        return PythonModule((_RUNNER,), files, collect=(RECORDS,), runtime=_RUNTIME)

    def _judged(self, execution: Execution, test: PreparedTest, expectation: bytes | None) -> Trial:
        self.on_run(execution)
        if RECORDS in execution.oversize:
            return Trial(execution._replace(stopped_by=Limit.OUTPUT), {"gone": True})
        refused = _FORGED_RECORDS if RECORDS in execution.refused else b""
        return Trial(execution, self._judge(test, execution.collected.get(RECORDS, refused), expectation))

    def _judge(self, test: PreparedTest, records: bytes, expectation: bytes | None) -> dict[str, Any]:
        """The result of a run by its records: read here where they are few and plain, else by the outer judge."""
        if len(records) <= _MAX_RECORD_BYTES_HERE:
            known = None if expectation is None else json.loads(expectation)
            with _within_reach():
                return conclude(test.suite, Lines(records), known, test.plain_conditions)
        return self._judge_in_jail(test, records, expectation)

    def _judge_in_jail(self, test: PreparedTest, records: bytes, expectation: bytes | None) -> dict[str, Any]:
        """Have the outer judge read the records. Where it comes to no end the program is wrong: what it sent is all
        that there is to a suite that was tried before."""
        files = {SEALED: test.conditions, RECORDS: records} | _file(expectation)
        judge = PythonModule((_JUDGE,), files, collect=(RESULT,), runtime=test.judge_runtime)
        cpu_s = _JUDGE_CPU_S + len(records) / _JUDGE_BYTES_PER_S
        execution = self.sandbox.run_author(
            judge, RunLimits(cpu_s, wall_s=cpu_s + _JUDGE_WALL_S, memory_bytes=_JUDGE_MEMORY)
        )
        if execution.clean and (result := _parsed(execution.collected.get(RESULT, b""))) is not None:
            return result
        if execution.stopped_by is None:
            _log.error("the outer judge failed: %s", describe_exit(execution))
        reason = "comparing what the program sent took too much time, or memory"
        return {"items": [{"name": "tests", "failed": reason}], "accepted": False}

    def _apart(
        self,
        code: bytes,
        test: PreparedTest,
        policy: Policy,
        expectation: bytes | None,
        start: Callable[[Program], Program] = lambda program: program,
    ) -> Trial:
        """Run the tests apart from the program; ``start`` says how both are started."""
        server = PythonModule((_SERVER,), {SUBMISSION: code})
        files = {SEALED: test.conditions, DELIVERED: test.delivered(self.spec, policy)} | _file(expectation)
        runtime = test.apart_runtime
        tests = PythonModule((_RUNNER,), files, collect=(RESULT,), runtime=runtime)
        execution, testing, left = self.sandbox.converse(
            start(server), self.limits, start(tests), self._for_tests(), lambda _: False
        )
        self.on_run(execution)
        if testing.stderr:
            execution = execution._replace(stderr=execution.stderr + testing.stderr)
        if (result := _parsed(testing.collected.get(RESULT, b""))) is not None:
            return Trial(execution, result)
        if execution.stopped_by is not None or left:
            return Trial(execution, {"gone": True})
        limit = Limit.OUTPUT if RESULT in testing.oversize else testing.stopped_by
        if limit is not None:
            # Its readings are those of the tests, which had to do with what the program answered.
            stopped = testing._replace(stopped_by=limit)
            return Trial(stopped, {"gone": True}, "the tests did not end with what the program answered")
        return Trial(execution, {"gone": True}, f"the tests ended early: {describe_exit(testing)}")

    def _for_tests(self) -> RunLimits:
        cpu_s, memory_bytes = self.limits.cpu_s + _TESTS_CPU_S, self.limits.memory_bytes + _TESTS_MEMORY
        # They wait for as long as the submission may take.
        return RunLimits(cpu_s, wall_s=self.limits.wall_s + 2 * cpu_s, memory_bytes=memory_bytes)


@contextlib.contextmanager
def _within_reach() -> Iterator[None]:
    """Suppress that something is ``OutOfReach``, for who goes on in a jail. The author's own code may have written what
    was prepared of the suite, so that its parts do not fit together: then too."""
    try:
        yield
    except OutOfReach:
        return
    except (LookupError, TypeError, ValueError) as error:
        _log.error("what was prepared of a suite does not fit together: %s", error)


def _file(expectation: bytes | None) -> dict[str, bytes]:
    return {} if expectation is None else {EXPECTATION: expectation}


def _parsed(data: bytes) -> dict[str, Any] | None:
    """Return the JSON that our own process wrote, or None if it wrote none."""
    try:
        result = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None
