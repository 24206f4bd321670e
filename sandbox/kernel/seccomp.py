"""A filter of system calls (seccomp(2)), assembled as classic BPF for the machine at hand.

A list of what is denied, since submissions are written in every language and use what they like; what remains
allowed is bounded by the jail's other walls. The number is found by halves: the kernel remembers for which numbers
the answer is always to allow and does not run the filter for them (since 5.11), but to learn them it steps through
the filter once for every number there is, each time one is installed.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
import struct
from collections.abc import Mapping

from sandbox.kernel import syscalls
from sandbox.kernel.libc import syscall

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_SET_MODE_FILTER, _GET_ACTION_AVAIL = 1, 2
_X32 = 0x40000000
"""Set in the numbers of x86-64's other ABI, which reaches the same calls by other numbers."""

ARCHITECTURES: Mapping[str, tuple[int, int]] = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column in the tables of ``syscalls``, and the kernel's AUDIT_ARCH constant."""
_SECCOMP = {"x86_64": 317, "aarch64": 277}

_AF_UNIX = 1
_CLONE_NEW = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET."""
_PR_SET_SECCOMP = 22
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
"""Typing into, or pasting to, a terminal that is shared."""
_FIONBIO, _STDOUT, _STDERR = 0x5421, 1, 2
"""A runtime (node) that makes its output's pipe one that does not block writes the rest later, and loses it where the
program ends by ``process.exit()``: what is lost hangs on how soon we read. So these stay as they are, which is also
what programs find that write to a terminal or to a file."""
_PRIO_PROCESS, _IOPRIO_WHO_PROCESS = 0, 1
_HARMLESS_PERSONALITIES = (0, 0x0040000, 0xFFFFFFFF)
"""The default, the same without address randomisation (sanitizers ask for it), and the question what it is."""

Steps = list[tuple[int, str]]
"""Where, counting system calls upwards from 0, the answer changes, and the label of the new one."""


class _Header(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _Assembler:
    """Instructions whose jumps name labels."""

    def __init__(self) -> None:
        self._instructions: list[tuple[int, int, str | None, str | None]] = []
        self._labels: dict[str, int] = {}

    def add(self, code: int, value: int, then: str | None = None, otherwise: str | None = None) -> None:
        self._instructions.append((code, value, then, otherwise))

    def label(self, name: str) -> None:
        self._labels[name] = len(self._instructions)

    def search(self, steps: Steps) -> None:
        """From the number last loaded to its answer, by halves."""
        middle = len(steps) // 2
        lower, upper = steps[:middle], steps[middle:]
        self.add(_AT_LEAST, upper[0][0], then=_entry(upper), otherwise=_entry(lower))
        for half in (lower, upper):
            if len(half) > 1:
                self.label(_entry(half))
                self.search(half)

    def program(self) -> bytes:
        """struct sock_filter[]: u16 code, u8 jump if true, u8 jump if false, u32 value."""
        return b"".join(
            struct.pack("=HBBI", code, self._offset(i, then), self._offset(i, otherwise), value)
            for i, (code, value, then, otherwise) in enumerate(self._instructions)
        )

    def _offset(self, at: int, label: str | None) -> int:
        return 0 if label is None else self._labels[label] - at - 1


def assemble(*, private_ipc: bool, memory_files: bool = True, machine: str | None = None) -> bytes:
    """The filter's program.

    Args:
        private_ipc: the jail has an ipc namespace that ends with the program.
        memory_files: a program may make memory files; what they hold is in no process, so only a control group
            counts it.

    Raises:
        ValueError: there is no table for this machine.
    """
    machine = machine or os.uname().machine
    if machine not in ARCHITECTURES:
        raise ValueError(f"no table of system calls for {machine}; known are {', '.join(ARCHITECTURES)}")
    column, architecture = ARCHITECTURES[machine]
    bpf = _Assembler()
    bpf.add(_LOAD, _ARCHITECTURE)
    bpf.add(_EQUAL, architecture, otherwise="kill")
    bpf.add(_LOAD, _NUMBER)
    steps = _steps(_answers(column, private_ipc=private_ipc, memory_files=memory_files))
    if machine == "x86_64":
        steps.append((_X32, "kill"))
    bpf.search(steps)
    _check_arguments(bpf)
    for label, answer in {
        "allow": _ALLOW,
        "kill": _KILL,
        "denied": _ERROR | errno.EPERM,
        "no network": _ERROR | errno.EACCES,
        "left undone": _ERROR,
        "absent": _ERROR | errno.ENOSYS,
    }.items():
        bpf.label(label)
        bpf.add(_RETURN, answer)
    return bpf.program()


def install(program: bytes) -> None:
    """Put the calling thread, and all that it starts, under the filter. Needs no_new_privs.

    Raises:
        OSError: the kernel refused.
    """
    # No buffers of ctypes: to make their types costs a freshly forked child more than the call itself.
    header = bytes(_Header(len(program) // 8, program))
    syscall(_SECCOMP[os.uname().machine], _SET_MODE_FILTER, 0, header)


def available() -> bool:
    """Whether the kernel can kill and refuse by filter; asked, not guessed."""
    number = _SECCOMP.get(os.uname().machine)
    if number is None:
        return False
    try:
        for action in (_KILL, _ERROR):
            syscall(number, _GET_ACTION_AVAIL, 0, struct.pack("=I", action))
    except OSError:
        return False
    return True


def _entry(steps: Steps) -> str:
    """The label of a part of the search: where one answer is left, that answer."""
    return steps[0][1] if len(steps) == 1 else f"{steps[0][0]} to {steps[-1][0]}"


def _steps(answers: Mapping[int, str]) -> Steps:
    runs = itertools.groupby(range(max(answers) + 2), lambda number: answers.get(number, "allow"))
    return [(next(numbers), label) for label, numbers in runs]


def _answers(column: int, *, private_ipc: bool, memory_files: bool) -> dict[int, str]:
    """Every call that is not simply allowed, with the label of its answer."""
    denied = [syscalls.PROCESSES, syscalls.KEYS, syscalls.KERNEL, syscalls.CLOCKS, syscalls.MOUNTS, syscalls.NAMESPACES]
    if not private_ipc:
        denied.append(syscalls.IPC)
    if not memory_files:
        denied.append(syscalls.MEMORY_FILES)
    labels = [(numbers, "denied") for group in denied for numbers in group.values()]
    labels += [(numbers, "no network") for numbers in syscalls.SOCKETS.values()]
    labels += [(numbers, "absent") for numbers in syscalls.ABSENT.values()]
    labels += [(numbers, "of itself") for numbers in syscalls.OF_ITSELF.values()]
    labels += [(numbers, "priority of itself") for numbers in syscalls.PRIORITY_OF_ITSELF.values()]
    labels += [(numbers, name) for name, numbers in syscalls.BY_ARGUMENT.items()]
    return {number: label for numbers, label in labels if (number := numbers[column]) is not None}


def _check_arguments(bpf: _Assembler) -> None:
    """The low half of an argument is enough: the kernel takes all of these as 32-bit numbers, or has no meaning
    for the upper half."""
    first, second = _ARGUMENTS, _ARGUMENTS + 8
    bpf.label("socketpair")
    bpf.add(_LOAD, first)
    bpf.add(_EQUAL, _AF_UNIX, then="allow", otherwise="no network")
    bpf.label("clone")
    bpf.add(_LOAD, first)
    bpf.add(_ANY_BIT, _CLONE_NEW, then="denied", otherwise="allow")
    bpf.label("prctl")
    bpf.add(_LOAD, first)
    bpf.add(_EQUAL, _PR_SET_SECCOMP, then="denied", otherwise="allow")
    bpf.label("ioctl")
    bpf.add(_LOAD, second)
    bpf.add(_EQUAL, _TIOCSTI, then="denied")
    bpf.add(_EQUAL, _TIOCLINUX, then="denied")
    bpf.add(_EQUAL, _FIONBIO, otherwise="allow")
    bpf.add(_LOAD, first)
    bpf.add(_EQUAL, _STDOUT, then="left undone")
    bpf.add(_EQUAL, _STDERR, then="left undone", otherwise="allow")
    bpf.label("of itself")
    bpf.add(_LOAD, first)
    bpf.add(_EQUAL, 0, then="allow", otherwise="denied")
    bpf.label("priority of itself")
    bpf.add(_LOAD, first)
    bpf.add(_EQUAL, 0, then="allow", otherwise="left undone")
    for name, process in (("setpriority", _PRIO_PROCESS), ("ioprio_set", _IOPRIO_WHO_PROCESS)):
        bpf.label(name)
        bpf.add(_LOAD, first)
        bpf.add(_EQUAL, process, otherwise="denied")
        bpf.add(_LOAD, second)
        bpf.add(_EQUAL, 0, then="allow", otherwise="denied")
    bpf.label("personality")
    bpf.add(_LOAD, first)
    for harmless in _HARMLESS_PERSONALITIES[:-1]:
        bpf.add(_EQUAL, harmless, then="allow")
    bpf.add(_EQUAL, _HARMLESS_PERSONALITIES[-1], then="allow", otherwise="denied")
