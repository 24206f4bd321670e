"""A program that talks with us."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from sandbox.execution import Limit, PythonScript
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.talk import HungUp, Line
from sandbox.toolchain import python_runtime

LIMITS = RunLimits(cpu_s=1.0, wall_s=60.0)
ECHO = "import sys\nfor line in sys.stdin:\n    print(line.strip() * 2, flush=True)\n"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    opened = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path_factory.mktemp("cache") / "compiled")
    yield opened
    opened.close()


def script(source: str) -> PythonScript:
    return PythonScript(("main.py",), {"main.py": source.encode()})


def say_twice(line: Line) -> list[bytes]:
    heard = []
    for word in (b"ab\n", b"cd\n"):
        line.say(word)
        heard.append(line.hear(5))
    return heard


def listen(line: Line) -> str:
    try:
        return line.hear(1).decode()
    except HungUp:
        return "hung up"


def test_each_hears_what_the_other_says(sandbox: Sandbox) -> None:
    execution, heard = sandbox.talk(script(ECHO), LIMITS, say_twice)
    assert heard == [b"abab\n", b"cdcd\n"]
    assert execution.clean


@pytest.mark.parametrize("end", ["pass", "1 / 0", "import os; os._exit(3)", "import os; os.close(1); input()"])
def test_the_end_of_a_program_is_heard(sandbox: Sandbox, end: str) -> None:
    execution, heard = sandbox.talk(script(end), LIMITS, listen)
    assert heard == "hung up"
    assert execution.stopped_by is None


def test_nobody_hears_what_is_said_to_one_that_has_ended(sandbox: Sandbox) -> None:
    def say_much(line: Line) -> str:
        try:
            line.say(b"x" * (1 << 20))
        except HungUp:
            return "hung up"
        return "said"

    assert sandbox.talk(script("pass"), LIMITS, say_much)[1] == "hung up"


@pytest.mark.parametrize(
    ("source", "wall_s", "limit"),
    [
        ("while True: pass", 60.0, Limit.CPU),
        ("input(); input()", 0.5, Limit.WALL),
        ("import time; time.sleep(60)", 0.5, Limit.WALL),
    ],
)
def test_limits_end_a_program_while_it_is_listened_to(
    sandbox: Sandbox, source: str, wall_s: float, limit: Limit
) -> None:
    execution, heard = sandbox.talk(script(source), LIMITS._replace(wall_s=wall_s), listen)
    assert (execution.stopped_by, heard) == (limit, "hung up")


@pytest.mark.parametrize(
    "then", ["while True: pass", "import time; time.sleep(600)", "import os; os.fork(); input(); input()"]
)
def test_one_that_goes_on_after_the_talk_is_ended_and_that_does_not_count(sandbox: Sandbox, then: str) -> None:
    began = time.monotonic()
    execution, heard = sandbox.talk(script(f"print('x', flush=True)\n{then}\n"), LIMITS._replace(wall_s=300.0), listen)
    assert (execution.stopped_by, heard) == (None, "x")
    assert time.monotonic() - began < 200


def test_what_it_writes_at_its_end_is_kept(sandbox: Sandbox) -> None:
    source = "import sys, atexit\natexit.register(lambda: print('bye', file=sys.stderr))\nprint('x', flush=True)\n"
    execution, _ = sandbox.talk(script(source), LIMITS, listen)
    assert execution.stderr == b"bye\n"


def test_a_fault_of_whoever_talks_leaves_the_slot_in_order(sandbox: Sandbox) -> None:
    def fail(line: Line) -> None:
        raise KeyError("fault")

    discarded = sandbox.slots_discarded
    with pytest.raises(KeyError):
        sandbox.talk(script(ECHO), LIMITS, fail)
    assert sandbox.talk(script(ECHO), LIMITS, say_twice)[1] == [b"abab\n", b"cdcd\n"]
    assert sandbox.slots_discarded == discarded


def test_time_that_we_take_is_not_the_programs(sandbox: Sandbox) -> None:
    def take_time(line: Line) -> tuple[list[bytes], float]:
        time.sleep(2.5)
        return say_twice(line), line.busy_s()

    execution, (heard, busy_s) = sandbox.talk(script(ECHO), LIMITS._replace(wall_s=2.0), take_time)
    assert heard == [b"abab\n", b"cdcd\n"]
    assert execution.stopped_by is None
    assert busy_s >= 2.5
