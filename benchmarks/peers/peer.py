"""A peer on this side of the jail."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.schema import Suite
from sandbox.execution import Program
from sandbox.isolation import Tier
from sandbox.limits import MIB, Limits
from sandbox.slot import Runtime, Slot
from sandbox.toolchain import python_runtime

PACKAGES = ("lighteval==0.13.0", "verl==0.9.1")
"""Installed without what they depend on."""
SUPPORT = ("numpy", "tqdm")
"""What the files that are used of them import."""
LIMITS = Limits(cpu_s=600.0, wall_s=900.0, memory_bytes=4096 * MIB, processes=256)
TIMEOUT_S = 6
"""LiveCodeBench's, for each test."""


@dataclass(frozen=True, slots=True)
class Question:
    """A program and its tests in the peers' form."""

    code: str
    inputs: list[str]
    outputs: list[str]
    fn_name: str | None = None

    @classmethod
    def of(cls, code: str, suite: Suite) -> Question | None:
        """None where the peers have no way to ask it: another mode, a checker of its own, bytes that are no text."""
        if suite.mode not in ("stdio", "function") or suite.checker is not None:
            return None
        inputs, outputs = [], []
        for test in suite.tests:
            given, wanted = test.input, test.output
            if suite.mode == "function":
                if not isinstance(given, list):
                    return None
                inputs.append("\n".join(map(json.dumps, given)))
                outputs.append(json.dumps(wanted))
            elif isinstance(given, str) and isinstance(wanted, str):
                inputs.append(given)
                outputs.append(wanted)
            else:
                return None
        return cls(code, inputs, outputs, suite.function.name if suite.function else None)


def install(directory: Path) -> None:
    """Put the peers into a directory, if they are not there.

    Raises:
        subprocess.CalledProcessError: they cannot be had.
    """
    done = directory / "installed"
    if done.exists():
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(directory)]
    subprocess.run([*pip, "--no-deps", *PACKAGES], check=True)
    subprocess.run([*pip, *SUPPORT], check=True)
    done.touch()


class Peer:
    """One peer, in a slot of ours."""

    def __init__(self, name: str, directory: Path, slot: Slot) -> None:
        self.name, self._directory, self._slot = name, directory, slot

    def accepts(self, question: Question) -> bool:
        """Whether it would give the program its reward. One that takes the peer down with it gets none."""
        asked: dict[str, Any] = {
            "code": question.code,
            "inputs": question.inputs,
            "outputs": question.outputs,
            "fn_name": question.fn_name,
            "timeout_s": TIMEOUT_S,
        }
        files = {
            "driver.py": Path(__file__).with_name("driver.py").read_bytes(),
            "question.json": json.dumps(asked).encode(),
        }
        command = (self._slot.runtime.python, "driver.py", self.name, str(self._directory))
        return b"\nPASSED True\n" in self._slot.run(Program(command, files), LIMITS).stdout


@contextlib.contextmanager
def opened(directory: Path, tier: Tier) -> Iterator[list[Peer]]:
    """Every peer of a directory, one at a time, in a slot that sees it.

    Raises:
        SlotFailed: the host does not grant the tier.
    """
    plain = python_runtime(None)
    runtime = Runtime(plain.python, plain.prefixes, reads=(str(directory),))
    with contextlib.closing(Slot(tier, runtime)) as slot:
        yield [Peer(name, directory, slot) for name in ("lighteval", "verl")]
