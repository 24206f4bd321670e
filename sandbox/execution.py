"""A program to run, and one run of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Self

NOTHING: Mapping[str, bytes] = MappingProxyType({})
"""No files."""
NO_NAMES: frozenset[str] = frozenset()
EXECUTABLES = "executables"
"""Name of the runtime that only starts executables."""


class FilesRefused(ValueError):
    """A program's files cannot be placed in its directory: too large, too many, or one in the way of another."""


class Interrupted(Exception):
    """Nobody waits for the run any more; it was ended, and the slot is in order."""


class SlotFailed(Exception):
    """The slot cannot run programs: a fault of ours or of the host, never of a program."""


class Limit(StrEnum):
    """The limit that ended a run."""

    CPU = "cpu"
    WALL = "wall"
    MEMORY = "memory"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class _Program:
    """A program, ready to run in a scratch directory of its own.

    ``argv`` is the command line; ``files`` are written into the working directory first. ``collect`` names files of the
    working directory to hand back after the run; a name that ends in a slash stands for all files in that directory.
    ``environment`` is added to what every program finds. ``out_of_memory`` is what its runtime says on stderr when it
    gives up for want of memory before the limit is reached, as one does that bounds its own heap. ``runtime`` names the
    one of the sandbox's interpreters, by what they have imported beforehand, under which it runs.
    """

    argv: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    collect: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    out_of_memory: tuple[str, ...] = ()
    runtime: str = ""
    python: ClassVar[bool] = False
    """True if the warm interpreter runs it."""
    module: ClassVar[bool] = False
    """True if it is a module of the runtime's."""
    rehearsal: ClassVar[bool] = False
    """True if it is ours, and shows what programs after it write to."""

    def with_files(self, files: Mapping[str, bytes], arguments: tuple[str, ...] = ()) -> Self:
        """Return the program with more files beside it and ``arguments`` behind its command line."""
        if not files and not arguments:
            return self
        return replace(self, files={**files, **self.files}, argv=(*self.argv, *arguments))

    def says_out_of_memory(self, stderr: bytes | bytearray) -> bool:
        """Return whether what it wrote tells that it wanted more memory than it may have."""
        return any(sign.encode() in stderr for sign in self.out_of_memory)


@dataclass(frozen=True, slots=True)
class PythonScript(_Program):
    """A Python source: ``argv[0]`` names one of ``files``, which the warm interpreter runs."""

    python: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Rehearsal(PythonScript):
    """A Python source of ours that does what most programs do: children that wait copy beforehand the memory that it
    changed."""

    rehearsal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class PythonModule(_Program):
    """A module of the runtime's, named by ``argv[0]``: the warm interpreter calls its ``main``."""

    python: ClassVar[bool] = True
    module: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Executable(_Program):
    """A file to execute: that of ``descriptor`` (such as a sealed memfd), else ``argv[0]``, looked up in PATH."""

    runtime: str = EXECUTABLES
    descriptor: int | None = None


Program = PythonScript | PythonModule | Executable


class Input(NamedTuple):
    """A program's input for one test: its standard input, and files in the place of those before."""

    stdin: bytes = b""
    files: Mapping[str, bytes] = NOTHING


class Execution(NamedTuple):
    """One run of an untrusted program.

    Times are seconds, sizes bytes. ``cpu_s`` covers the whole process tree (the cgroup's counter where there
    is one, else what was reaped or seen: ``SampledTree``); ``stopped_by`` names the limit that ended it, if any did.
    ``syntax_error`` is what the Python parser said when the program never started.
    """

    exit_code: int | None
    """None when a signal ended it."""
    signal: int | None
    cpu_s: float
    wall_s: float
    ended: float
    """The time at which its main process ended, or a limit made us end it, by ``time.monotonic``."""
    peak_memory: int
    stdout: bytes
    stderr: bytes
    stopped_by: Limit | None = None
    late: bool = False
    """True if the program ended by itself, over its CPU limit but within the grace."""
    slowdown: float = 1.0
    """Factor by which a late program took more CPU time beside others than alone, where that was measured."""
    idle_s: float = 0.0
    """Seconds for which a late program neither ran nor waited for a CPU or its partner, about."""
    beside_others: bool = False
    """True if a late program was not run again alone: ``stopped_by`` rests on ``cpu_s`` and ``slowdown``."""
    claimed_cpu_s: float | None = None
    """The part that a test in a shared process took of all its tests' CPU seconds, as the process has it."""
    syntax_error: str | None = None
    collected: Mapping[str, bytes] = NOTHING
    """The files asked for that it left, each whole."""
    oversize: frozenset[str] = NO_NAMES
    """Files that the program left and that are larger than ``RunLimits.collect_bytes``."""
    refused: frozenset[str] = NO_NAMES
    """Files in whose place, or on the way to it, the program left something else: a link, a pipe, ..."""

    @property
    def cost_s(self) -> float:
        """CPU seconds by which to plan, but not to judge: whoever says something else of itself harms only itself."""
        return self.cpu_s if self.claimed_cpu_s is None else self.claimed_cpu_s

    @property
    def clean(self) -> bool:
        """The program ended by itself, with exit code 0."""
        return self.exit_code == 0 and self.stopped_by is None
