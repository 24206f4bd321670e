"""A slot of each tier that this host grants, shared by the tests of a module."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from sandbox.execution import Execution, PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.runtime import Runtime
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

BOX_INODES = 512
RunPython = Callable[..., Execution]


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    return python_runtime(None)


def open_slot(tier: Tier, native: bool = True, warm: tuple[str, ...] = ()) -> Slot:
    """A slot of that tier, with more modules ``warm``; under the system's interpreter where ours lies in somebody's
    home. It holds few files, since some disks take a millisecond for each."""
    refused = []
    for python in (None, "/usr/bin/python3"):
        try:
            runtime = python_runtime(python)
            runtime = dataclasses.replace(runtime, warm=(*runtime.warm, *warm))
            return Slot(tier, runtime, native=native, box_inodes=BOX_INODES)
        except (SlotFailed, OSError) as error:
            refused.append(str(error))
    pytest.skip(f"this host does not grant the tier: {'; '.join(refused)}")


SLOTS = {tier.value: (tier, True) for tier in Tier} | {"without helper": (Tier.NAMESPACES, False)}


@pytest.fixture(scope="module", params=SLOTS.values(), ids=SLOTS)
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    """One of each tier, and one whose zygote is Python throughout, as where the helper in C cannot be built."""
    opened = open_slot(*request.param)
    yield opened
    opened.close()


@pytest.fixture
def run_python(slot: Slot) -> RunPython:
    def run(code: str, stdin: bytes = b"", **limits: float) -> Execution:
        bounds = {"cpu_s": 5.0, "wall_s": 20.0, "memory_bytes": 128 * MIB, **limits}
        program = PythonScript(("main.py",), {"main.py": code.encode()})
        return slot.run(program, RunLimits(**bounds), stdin)  # type: ignore[arg-type]

    return run
