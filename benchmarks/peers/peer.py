"""A peer on this side of its jail."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluator.schema import Suite
from sandbox.execution import Executable
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.runtime import Runtime
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

PACKAGES = ("lighteval==0.13.0", "verl==0.9.1")
"""Installed without what they depend on."""
NAMES = ("lighteval", "verl")
SUPPORT = ("numpy", "tqdm")
"""Packages that the peers' files import."""
LIMITS = RunLimits(cpu_s=600.0, wall_s=900.0, memory_bytes=4096 * MIB, processes=256)
TIMEOUT_S = 6
"""LiveCodeBench's, for each test."""
READY = b"\nREADY\n"
"""The driver's words when the peer is loaded."""


@dataclass(frozen=True, slots=True)
class PeerQuestion:
    """A program and its tests in the peers' form."""

    code: str
    inputs: list[str]
    outputs: list[str]
    fn_name: str | None = None

    @classmethod
    def of(cls, code: str, suite: Suite) -> PeerQuestion | None:
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


@dataclass(frozen=True, slots=True)
class Answers:
    """The programs that a peer would reward, and the seconds that it took for all of them."""

    passed: list[bool]
    took_s: float


Jail = Callable[[Sequence[str], Mapping[str, bytes]], bytes]
"""Runs a command in a directory of its own with these files. Returns what it wrote to stdout."""


def in_slot(slot: Slot) -> Jail:
    """The product's own: the peer under limits of memory and processes, as hostile programs ask for."""

    def run(command: Sequence[str], files: Mapping[str, bytes]) -> bytes:
        return slot.run(Executable((*command, "--file-manager"), files), LIMITS).stdout

    return run


def in_bubblewrap(directory: Path) -> Jail:
    """bubblewrap(1): no network and nothing to write to, but sockets, so that the peers in ``directory`` run as they
    are."""

    def run(command: Sequence[str], files: Mapping[str, bytes]) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            for name, data in files.items():
                Path(folder, name).write_bytes(data)
            walls = ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
            places = ["--tmpfs", "/tmp", "--ro-bind", str(directory), str(directory), "--bind", folder, "/mnt"]
            return subprocess.run(
                ["bwrap", *walls, *places, "--chdir", "/mnt", *command],
                stdout=subprocess.PIPE,
                timeout=LIMITS.wall_s,
                check=False,
            ).stdout

    return run


class Peer:
    """One peer in a jail."""

    def __init__(self, name: str, directory: Path, python: str, jail: Jail) -> None:
        self.name, self._directory, self._python, self._jail = name, directory, python, jail

    def grade(self, questions: Sequence[PeerQuestion]) -> Answers:
        """Put programs to it one after the other. Those that take the peer down with them, and all after, get no
        reward.

        Raises:
            RuntimeError: it did not start.
        """
        asked = [{**asdict(question), "timeout_s": TIMEOUT_S} for question in questions]
        files = {
            "driver.py": Path(__file__).with_name("driver.py").read_bytes(),
            "questions.json": json.dumps(asked).encode(),
        }
        started = time.perf_counter()
        said = self._jail((self._python, "driver.py", self.name, str(self._directory)), files)
        if READY not in said:
            raise RuntimeError(f"{self.name} did not start; its own words stand above, on stderr")
        took = re.search(rb"\nTOOK ([0-9.]+)\n", said)
        passed = [b"\nPASSED %d True\n" % number in said for number in range(len(questions))]
        return Answers(passed, float(took[1]) if took else time.perf_counter() - started)

    def accepts(self, question: PeerQuestion) -> bool:
        """Tell whether the peer would reward the program."""
        return self.grade([question]).passed[0]


def everyone(directory: Path, jail: Jail) -> list[Peer]:
    """Every peer of a directory."""
    return [Peer(name, directory, python_runtime(None).python, jail) for name in NAMES]


@contextlib.contextmanager
def slot_for(directory: Path, tier: Tier) -> Iterator[Slot]:
    """A slot that sees the peers.

    Raises:
        SlotFailed: the host does not grant the tier.
    """
    plain = python_runtime(None)
    with contextlib.closing(Slot(tier, Runtime(plain.python, plain.prefixes, reads=(str(directory),)))) as slot:
        yield slot
