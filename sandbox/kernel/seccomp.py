"""A filter of system calls (seccomp(2)), assembled as classic BPF for the machine at hand.

A list of what is allowed (``syscalls``); what is on no list is answered as by a kernel that has no such call. The
number is found by halves: the kernel remembers for which numbers the answer is always to allow and does not run the
filter for them (since 5.11), but to learn them it steps through the filter once for every number there is, each time
one is installed.
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

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06
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
_STDOUT, _STDERR = 1, 2
"""A runtime (node) that makes its output's pipe one that does not block writes the rest later, and loses it where the
program ends by ``process.exit()``: what is lost hangs on how soon we read. So these stay as they are, which is also
what programs find that write to a terminal or to a file."""
_PRIO_PROCESS, _IOPRIO_WHO_PROCESS, _SCHED_OTHER = 0, 1, 0
_NEGATIVE = 0x80000000
_MADV_MERGEABLE, _MS_SYNC = 12, 4
_HARMLESS_PERSONALITIES = (0, 0x0040000)
"""The default, and the same without address randomisation, which sanitizers ask for."""
_PERSONALITY_QUERY = 0xFFFFFFFF

Steps = list[tuple[int, str]]
"""Numbers at which, counting upwards from 0, the answer changes, and the label of the new one."""

_FCNTLS: Steps = [
    (0, "allow"),  # to F_GETOWNER_UIDS: a signal for the owner of a file goes no further than kill(2) does
    (18, "invalid"),
    (36, "allow"),  # F_OFD_GETLK to F_OFD_SETLKW
    (39, "invalid"),
    (1024, "denied"),  # F_SETLEASE: who opens the file has to wait for us
    (1025, "allow"),  # F_GETLEASE
    (1026, "denied"),  # F_NOTIFY: tells what others do in a directory
    (1027, "allow"),  # F_DUPFD_QUERY to F_SET_FILE_RW_HINT
    (1039, "invalid"),  # F_GETDELEG, F_SETDELEG: leases of directories; and what is yet to come
]
_IOCTLS: Steps = [
    (0, "no such control"),  # of devices and file systems, with a record of holes
    (0x5401, "allow"),  # TCGETS to TIOCOUTQ
    (0x5412, "denied"),  # TIOCSTI: types into a terminal that is shared
    (0x5413, "allow"),  # TIOCGWINSZ to FIONREAD
    (0x541C, "denied"),  # TIOCLINUX: pastes to one
    (0x541D, "no such control"),
    (0x5420, "allow"),  # TIOCPKT
    (0x5421, "non-blocking"),  # FIONBIO
    (0x5422, "allow"),  # TIOCNOTTY
    (0x5423, "no such control"),  # TIOCSETD: loads a line discipline
    (0x5424, "allow"),  # TIOCGETD to TIOCGSID
    (0x542A, "no such control"),
    (0x5450, "allow"),  # FIONCLEX, FIOCLEX, FIOASYNC
    (0x5453, "no such control"),
    (0x5460, "allow"),  # FIOQSIZE
    (0x5461, "no such control"),
    (0x402C542B, "allow"),  # TCSETS2, TCSETSW2, TCSETSF2
    (0x402C542E, "no such control"),
    (0x802C542A, "allow"),  # TCGETS2
    (0x802C542B, "no such control"),
]
_PRCTLS: Steps = [
    (0, "allow"),
    (22, "denied"),  # PR_SET_SECCOMP
    (23, "allow"),
    (62, "denied"),  # PR_SCHED_CORE: keeps others from the CPU's other threads
    (63, "allow"),
    (67, "denied"),  # PR_SET_MEMORY_MERGE: how long a write takes tells what others hold in memory
    (68, "allow"),
    (78, "invalid"),  # PR_FUTEX_HASH: a table of gigabytes, in no process's account; and what is yet to come
    (0x41555856, "allow"),  # PR_GET_AUXV
    (0x41555857, "invalid"),
    (0x53564D41, "allow"),  # PR_SET_VMA: names of memory
    (0x53564D42, "invalid"),
    (0x59616D61, "allow"),  # PR_SET_PTRACER, which sanitizers ask for; ptrace itself is denied
    (0x59616D62, "invalid"),
]
_SOCKET_OPTIONS: Steps = [
    (0, "allow"),
    (26, "denied"),  # SO_ATTACH_FILTER: code in the kernel, from a store that all users share and that filters like
    (27, "allow"),  # this one come from
    (50, "denied"),  # SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF
    (53, "allow"),
]

_FIRST, _SECOND, _THIRD, _FIFTH = (_ARGUMENTS + 8 * index for index in (0, 1, 2, 4))
"""The low half of an argument is enough, but of an address: the kernel takes all others as 32-bit numbers, or has no
meaning for the upper half."""
_SEARCHES = (
    ("fcntl", _SECOND, _FCNTLS),
    ("ioctl", _SECOND, _IOCTLS),
    ("prctl", _FIRST, _PRCTLS),
    ("setsockopt", _THIRD, _SOCKET_OPTIONS),
)
_COMPARISONS: Mapping[str, list[tuple[int, int, int, str | None, str | None]]] = {
    "non-blocking": [(_FIRST, _EQUAL, _STDOUT, "left undone", None), (_FIRST, _EQUAL, _STDERR, "left undone", "allow")],
    "socketpair": [(_FIRST, _EQUAL, _AF_UNIX, "allow", "no network")],
    "sendto": [  # without the address of a name to send to, whose halves are looked at in turn
        (_FIFTH, _EQUAL, 0, None, "no network"),
        (_FIFTH + 4, _EQUAL, 0, "allow", "no network"),
    ],
    "clone": [(_FIRST, _ANY_BIT, _CLONE_NEW, "denied", "allow")],
    "madvise": [(_THIRD, _EQUAL, _MADV_MERGEABLE, "invalid", "allow")],  # as PR_SET_MEMORY_MERGE
    "msync": [(_THIRD, _ANY_BIT, _MS_SYNC, "left undone", "allow")],
    "of itself": [(_FIRST, _EQUAL, 0, "allow", "denied")],
    "priority of itself": [(_FIRST, _EQUAL, 0, "allow", "left undone")],
    "sched_setscheduler": [
        (_FIRST, _EQUAL, 0, None, "left undone"),
        (_SECOND, _EQUAL, _SCHED_OTHER, "allow", "denied"),  # what waits long holds its slot as long
    ],
    "setpriority": [
        (_FIRST, _EQUAL, _PRIO_PROCESS, None, "denied"),
        (_SECOND, _EQUAL, 0, None, "denied"),
        (_THIRD, _AT_LEAST, _NEGATIVE, "denied", "left undone"),
    ],
    "ioprio_set": [(_FIRST, _EQUAL, _IOPRIO_WHO_PROCESS, None, "denied"), (_SECOND, _EQUAL, 0, "allow", "denied")],
    "personality": [
        *((_FIRST, _EQUAL, harmless, "allow", None) for harmless in _HARMLESS_PERSONALITIES),
        (_FIRST, _EQUAL, _PERSONALITY_QUERY, "allow", "denied"),
    ],
}
"""By call: an argument, the comparison, the value, and the answers where it holds and where not; None goes on."""

_ANSWERS = {
    "allow": _ALLOW,
    "kill": _KILL,
    "denied": _ERROR | errno.EPERM,
    "no network": _ERROR | errno.EACCES,
    "invalid": _ERROR | errno.EINVAL,
    "no such control": _ERROR | errno.ENOTTY,
    "left undone": _ERROR,
    "absent": _ERROR | errno.ENOSYS,
}


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
        """Find the answer to the number last loaded, by halves. A conditional jump reaches 255 instructions, so the
        answers stand at the end of each search."""
        here = f"at {len(self._instructions)}"
        self._halve(steps, here)
        for name in dict.fromkeys(label for _, label in steps):
            self.label(f"{name} {here}")
            self.answer(name)

    def answer(self, name: str) -> None:
        """Return one of ``_ANSWERS``, or go on at a label, however far."""
        if name in _ANSWERS:
            self.add(_RETURN, _ANSWERS[name])
        else:
            self.add(_JUMP, 0, then=name)

    def _halve(self, steps: Steps, here: str) -> None:
        middle = len(steps) // 2
        lower, upper = steps[:middle], steps[middle:]
        self.add(_AT_LEAST, upper[0][0], then=_entry(upper, here), otherwise=_entry(lower, here))
        for half in (lower, upper):
            if len(half) > 1:
                self.label(_entry(half, here))
                self._halve(half, here)

    def program(self) -> bytes:
        """struct sock_filter[]: u16 code, u8 jump if true, u8 jump if false, u32 value."""
        return b"".join(
            struct.pack("=HBBI", code, 0, 0, self._offset(i, then))
            if code == _JUMP
            else struct.pack("=HBBI", code, self._offset(i, then), self._offset(i, otherwise), value)
            for i, (code, value, then, otherwise) in enumerate(self._instructions)
        )

    def _offset(self, at: int, label: str | None) -> int:
        return 0 if label is None else self._labels[label] - at - 1


def assemble(*, memory_files: bool = True, messages: bool = True, machine: str | None = None) -> bytes:
    """The filter's program.

    Args:
        memory_files: a program may make memory files; what they hold is in no process, so only a control group
            counts it.
        messages: a program may send messages that carry descriptors; those in flight count for all programs of one
            user, so only a user of its own may.

    Raises:
        ValueError: there is no table for this machine.
    """
    machine = machine or os.uname().machine
    if machine not in ARCHITECTURES:
        raise ValueError(f"no table of system calls for {machine}; known are {', '.join(ARCHITECTURES)}")
    column, architecture = ARCHITECTURES[machine]
    bpf = _Assembler()
    bpf.add(_LOAD, _ARCHITECTURE)
    bpf.add(_EQUAL, architecture, then="number")
    bpf.answer("kill")
    bpf.label("number")
    bpf.add(_LOAD, _NUMBER)
    steps = _steps(_policy(column, memory_files=memory_files, messages=messages))
    if machine == "x86_64":
        steps.append((_X32, "kill"))
    bpf.search(steps)
    _check_arguments(bpf)
    for label, answer in _ANSWERS.items():
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
    """Try whether the kernel can kill and refuse by filter."""
    number = _SECCOMP.get(os.uname().machine)
    if number is None:
        return False
    try:
        for action in (_KILL, _ERROR):
            syscall(number, _GET_ACTION_AVAIL, 0, struct.pack("=I", action))
    except OSError:
        return False
    return True


def _entry(steps: Steps, here: str) -> str:
    """The label of a part of a search: where one answer is left, that answer."""
    name = steps[0][1] if len(steps) == 1 else f"{steps[0][0]} to {steps[-1][0]}"
    return f"{name} {here}"


def _steps(policy: Mapping[int, str]) -> Steps:
    runs = itertools.groupby(range(max(policy) + 2), lambda number: policy.get(number, "absent"))
    return [(next(numbers), label) for label, numbers in runs]


def _policy(column: int, *, memory_files: bool, messages: bool) -> dict[int, str]:
    """Every call that is known, with the label of its answer."""
    denied = [
        *(syscalls.PROCESSES, syscalls.KEYS, syscalls.KERNEL, syscalls.CLOCKS, syscalls.MOUNTS, syscalls.NAMESPACES),
        *(syscalls.IPC, syscalls.SCHEDULING),
    ]
    allowed = [*syscalls.ALLOWED]
    (allowed if memory_files else denied).append(syscalls.MEMORY_FILES)
    (allowed if messages else denied).append(syscalls.MESSAGES)
    answers = {
        "allow": allowed,
        "denied": denied,
        "no network": [syscalls.SOCKETS],
        "absent": [syscalls.ABSENT],
        "left undone": [syscalls.UNDONE],
        "of itself": [syscalls.OF_ITSELF],
        "priority of itself": [syscalls.PRIORITY_OF_ITSELF],
    }
    labels = [(numbers, label) for label, tables in answers.items() for table in tables for numbers in table.values()]
    labels += [(numbers, name) for name, numbers in syscalls.BY_ARGUMENT.items()]
    labels.append((syscalls.PRIORITY_OF_ITSELF["sched_setscheduler"], "sched_setscheduler"))
    return {number: label for numbers, label in labels if (number := numbers[column]) is not None}


def _check_arguments(bpf: _Assembler) -> None:
    for name, argument, steps in _SEARCHES:
        bpf.label(name)
        bpf.add(_LOAD, argument)
        bpf.search(steps)
    for name, comparisons in _COMPARISONS.items():
        bpf.label(name)
        loaded = None
        for argument, comparison, value, then, otherwise in comparisons:
            if argument != loaded:
                bpf.add(_LOAD, argument)
                loaded = argument
            bpf.add(comparison, value, then=then, otherwise=otherwise)
