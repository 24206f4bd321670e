"""The filter of system calls: simulated for every machine, and tried on this one."""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import pickle
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.kernel import capabilities, libc, seccomp, syscalls
from sandbox.kernel.libc import prctl

DEADLINE_S = 30.0
MACHINE = os.uname().machine
FOREIGN = {"x86_64": {"i386": 0x40000003, "aarch64": 0xC00000B7}, "aarch64": {"arm": 0x40000028, "x86_64": 0xC000003E}}
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
MOST_STEPS = 20  # of a number's way through the filter

TABLES = [table for name, table in vars(syscalls).items() if name.isupper() and isinstance(table, dict)]
NUMBERS = {name: numbers for table in TABLES for name, numbers in table.items()}
UNNAMED = {
    *("create_module", "get_kernel_syms", "query_module", "getpmsg", "putpmsg", "afs_syscall", "tuxcall", "security"),
    *("epoll_ctl_old", "epoll_wait_old", "vserver"),
}
"""Numbers that the kernel keeps for what it never had or has no more."""
# fmt: off
DENIED = [
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd", "keyctl",
    "add_key", "request_key", "userfaultfd", "bpf", "perf_event_open", "mount", "umount2", "pivot_root", "chroot",
    "move_mount", "open_tree", "open_tree_attr", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "statmount", "listmount", "setns", "unshare", "seccomp", "init_module", "finit_module", "delete_module",
    "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "quotactl", "quotactl_fd", "acct",
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "syslog", "vhangup", "lookup_dcookie",
    "nfsservctl", "fanotify_init", "fanotify_mark", "open_by_handle_at", "name_to_handle_at", "mbind",
    "move_pages", "migrate_pages", "set_mempolicy", "set_mempolicy_home_node", "memfd_secret", "process_mrelease",
    "sethostname", "setdomainname", "sched_setattr",
]
UNDONE = ["sync", "syncfs", "fsync", "fdatasync", "sync_file_range", "fadvise64", "sched_setaffinity"]
NO_NETWORK = ["socket", "connect", "bind", "listen", "accept", "accept4"]
LEFT_UNDONE = 0
ON_X86_ONLY = ["ioperm", "iopl", "modify_ldt", "uselib", "_sysctl"]
ABSENT = [
    "io_uring_setup", "io_uring_enter", "io_uring_register", "clone3", "io_setup", "io_destroy", "io_submit",
    "io_cancel", "io_getevents", "io_pgetevents", "inotify_init1", "inotify_add_watch", "inotify_rm_watch",
    "membarrier", "cachestat", "vmsplice", "file_getattr", "file_setattr",
]
IPC = [
    "shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv",
    "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr",
]

AF_UNIX, AF_INET, AF_NETLINK = 1, 2, 16
CLONE_THREAD, CLONE_VFORK, SIGCHLD = 0x003D0F00, 0x4100, 17  # as pthread_create and posix_spawn ask for
CLONE_NEW = {
    "NS": 0x00020000, "CGROUP": 0x02000000, "UTS": 0x04000000, "IPC": 0x08000000, "USER": 0x10000000,
    "PID": 0x20000000, "NET": 0x40000000,
}
PR_SET_NAME, PR_SET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_SCHED_CORE, PR_SET_MEMORY_MERGE = 15, 22, 39, 62, 67
PR_SET_VMA, PR_FUTEX_HASH, PR_YET_TO_COME = 0x53564D41, 78, 1000
TCGETS, TCGETS2, TIOCSTI, TIOCLINUX, FIONBIO = 0x5401, 0x802C542A, 0x5412, 0x541C, 0x5421
TIOCGWINSZ, FIONREAD, FIOCLEX, TIOCSETD, FS_IOC_FIEMAP, FIFREEZE = 0x5413, 0x541B, 0x5451, 0x5423, 0xC020660B, 0xC0045877
F_DUPFD, F_SETLK, F_SETOWN, F_OFD_SETLK, F_SETLEASE, F_GETLEASE, F_NOTIFY = 0, 6, 8, 37, 1024, 1025, 1026
F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETDELEG, F_SETDELEG = 1030, 1031, 1039, 1040
SOL_SOCKET, SO_SNDBUF, SO_ATTACH_FILTER, SO_ATTACH_BPF = 1, 7, 26, 50
SCHED_OTHER, SCHED_FIFO, SCHED_BATCH, SCHED_IDLE, SCHED_RESET_ON_FORK = 0, 1, 3, 5, 0x40000000
MADV_DONTNEED, MADV_MERGEABLE, MS_ASYNC, MS_SYNC, MS_INVALIDATE = 4, 12, 1, 4, 2
MINUS_FIVE = -5 & 0xFFFFFFFF
PER_LINUX32, ADDR_NO_RANDOMIZE, QUERY = 0x8, 0x0040000, 0xFFFFFFFF
BEYOND_32_BITS = 1 << 32
# fmt: on
BY_ARGUMENT: list[tuple[str, tuple[int, ...], int | None]] = [
    ("socketpair", (AF_UNIX,), None),
    ("socketpair", (AF_INET,), errno.EACCES),
    ("socketpair", (0,), errno.EACCES),
    ("clone", (CLONE_THREAD,), None),
    ("clone", (CLONE_VFORK | SIGCHLD,), None),
    *(("clone", (flag | SIGCHLD,), errno.EPERM) for flag in CLONE_NEW.values()),
    ("prctl", (PR_SET_NAME,), None),
    ("prctl", (PR_SET_SECCOMP, 2), errno.EPERM),
    ("prctl", (PR_SET_SECCOMP | BEYOND_32_BITS, 2), errno.EPERM),
    ("ioctl", (0, TCGETS), None),
    ("ioctl", (TIOCSTI, TCGETS), None),
    ("ioctl", (0, TIOCSTI), errno.EPERM),
    ("ioctl", (0, TIOCSTI | BEYOND_32_BITS), errno.EPERM),
    ("ioctl", (0, TIOCLINUX), errno.EPERM),
    ("ioctl", (1, FIONBIO), LEFT_UNDONE),
    ("ioctl", (2, FIONBIO), LEFT_UNDONE),
    ("ioctl", (1 | BEYOND_32_BITS, FIONBIO | BEYOND_32_BITS), LEFT_UNDONE),
    ("ioctl", (0, FIONBIO), None),
    ("ioctl", (3, FIONBIO), None),
    ("ioctl", (1, TCGETS), None),
    *(("ioctl", (0, command), None) for command in (TCGETS2, TIOCGWINSZ, FIONREAD, FIOCLEX)),
    *(("ioctl", (0, command), errno.ENOTTY) for command in (TIOCSETD, FS_IOC_FIEMAP, FIFREEZE, 0, 0xFFFFFFFF)),
    *(("fcntl", (0, command), None) for command in (F_DUPFD, F_SETLK, F_SETOWN, F_OFD_SETLK, F_GETLEASE)),
    *(("fcntl", (0, command), None) for command in (F_DUPFD_CLOEXEC, F_SETPIPE_SZ)),
    *(("fcntl", (0, command), errno.EPERM) for command in (F_SETLEASE, F_SETLEASE | BEYOND_32_BITS, F_NOTIFY)),
    *(("fcntl", (0, command), errno.EINVAL) for command in (F_GETDELEG, F_SETDELEG, 18, 0xFFFFFFFF)),
    ("prctl", (PR_SET_VMA,), None),
    ("prctl", (PR_SCHED_CORE,), errno.EPERM),
    ("prctl", (PR_SET_MEMORY_MERGE,), errno.EPERM),
    ("prctl", (PR_FUTEX_HASH, 1, 16), errno.EINVAL),
    ("prctl", (PR_YET_TO_COME,), errno.EINVAL),
    ("sendto", (0, 0, 0, 0, 0, 0), None),
    ("sendto", (0, 0, 0, 0, 1, 0), errno.EACCES),
    ("sendto", (0, 0, 0, 0, BEYOND_32_BITS, 0), errno.EACCES),
    ("setsockopt", (0, SOL_SOCKET, SO_SNDBUF), None),
    ("setsockopt", (0, SOL_SOCKET, SO_ATTACH_FILTER), errno.EPERM),
    ("setsockopt", (0, SOL_SOCKET, SO_ATTACH_BPF), errno.EPERM),
    ("madvise", (0, 0, MADV_DONTNEED), None),
    ("madvise", (0, 0, MADV_MERGEABLE), errno.EINVAL),
    ("msync", (0, 0, MS_ASYNC), None),
    ("msync", (0, 0, MS_SYNC), LEFT_UNDONE),
    ("msync", (0, 0, MS_SYNC | MS_INVALIDATE), LEFT_UNDONE),
    ("personality", (0,), None),
    ("personality", (ADDR_NO_RANDOMIZE,), None),
    ("personality", (QUERY,), None),
    ("personality", (PER_LINUX32,), errno.EPERM),
    ("personality", (PER_LINUX32 | ADDR_NO_RANDOMIZE,), errno.EPERM),
    ("prlimit64", (0, 1), None),
    ("prlimit64", (1, 0), errno.EPERM),
    ("sched_setparam", (0,), None),
    ("sched_setparam", (1,), LEFT_UNDONE),
    ("sched_setscheduler", (0, SCHED_OTHER), None),
    ("sched_setscheduler", (1, SCHED_FIFO), LEFT_UNDONE),
    *(("sched_setscheduler", (0, policy), errno.EPERM) for policy in (SCHED_FIFO, SCHED_BATCH, SCHED_IDLE)),
    ("sched_setscheduler", (0, SCHED_OTHER | SCHED_RESET_ON_FORK), errno.EPERM),
    ("setpriority", (0, 0, 19), LEFT_UNDONE),
    ("setpriority", (0, 0, MINUS_FIVE), errno.EPERM),
    ("setpriority", (0, 1, 19), errno.EPERM),
    ("setpriority", (2, 0, 19), errno.EPERM),
    ("ioprio_set", (1, 0), None),
    ("ioprio_set", (1, 1), errno.EPERM),
    ("ioprio_set", (3, 0), errno.EPERM),
]

both_machines = pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
without_deadline = settings(deadline=None)  # of hypothesis, which counts wall time
in_this_kernel = pytest.mark.skipif(
    not seccomp.available(), reason="this kernel, or a filter around us, has no seccomp"
)


def simulate(program: bytes, architecture: int, number: int, *arguments: int) -> tuple[int, int]:
    """Run classic BPF over a struct seccomp_data. Returns the answer and the count of instructions it took."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    instructions: list[tuple[int, int, int, int]] = list(struct.iter_unpack("=HBBI", program))
    at, accumulator = 0, 0
    for steps in range(1, len(instructions) + 1):
        code, then, otherwise, value = instructions[at]
        if code == 0x06:
            return value, steps
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
            at += 1
        elif code == 0x05:
            at += 1 + value
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: accumulator & value != 0}[code]
            at += 1 + (then if holds else otherwise)
    raise AssertionError("the program has a loop")


@cache
def program_for(machine: str) -> bytes:
    return seccomp.assemble(machine=machine)


def answer(machine: str, number: int, *arguments: int) -> int:
    _, architecture = seccomp.ARCHITECTURES[machine]
    return simulate(program_for(machine), architecture, number, *arguments)[0]


def number_of(name: str, machine: str) -> int:
    number = NUMBERS[name][seccomp.ARCHITECTURES[machine][0]]
    assert number is not None
    return number


def always_refused(machine: str) -> dict[str, int]:
    """Every call that is refused, or left undone, whatever its arguments, with the error."""
    names = [*DENIED, *IPC, *(ON_X86_ONLY if machine == "x86_64" else [])]
    return {
        **dict.fromkeys(names, errno.EPERM),
        **dict.fromkeys(ABSENT, errno.ENOSYS),
        **dict.fromkeys(NO_NETWORK, errno.EACCES),
        **dict.fromkeys(UNDONE, LEFT_UNDONE),
    }


def refused_numbers(machine: str) -> dict[int, int]:
    return {number_of(name, machine): ERRNO | error for name, error in always_refused(machine).items()}


class Ended(Exception):
    """A child ended without an answer: by which signal, or with which code."""

    @property
    def signal(self) -> int:
        return -int(self.args[0])


def in_child(action: Callable[[], Any]) -> Any:
    """Return the result of ``action``, plain data, in a forked child that leaves no process behind.

    Raises:
        OSError: ``action`` did.
        Ended: the child died of it, or was too slow.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(action, writer)
    os.close(writer)
    ended = os.pidfd_open(child)
    with open(reader, "rb", buffering=0) as pipe:
        select.select([ended], [], [], DEADLINE_S)
        os.close(ended)
        with contextlib.suppress(ProcessLookupError):  # it died before it had a process group
            os.killpg(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != 0:
            raise Ended(code)
        value, error = pickle.loads(pipe.read(select.PIPE_BUF))
    if error is not None:
        raise error
    return value


def _answer(action: Callable[[], Any], writer: int) -> NoReturn:
    try:
        os.setsid()
        message: tuple[Any, OSError | None]
        try:
            message = (action(), None)
        except OSError as error:
            message = (None, error)
        os.write(writer, pickle.dumps(message))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def filtered(action: Callable[[], Any], program: bytes | None = None) -> Any:
    """As ``in_child``, as a plain program under the strictest filter or under ``program``."""

    def enter() -> Any:
        capabilities.drop_all()
        seccomp.install(program or seccomp.assemble())
        return action()

    return in_child(enter)


def marked(program: bytes, by: int = 3000) -> bytes:
    """The same filter with error numbers no kernel gives: what comes back was said by the filter."""
    return b"".join(
        struct.pack("=HBBI", code, then, otherwise, value + (by if code == 0x06 and value >> 16 == 5 else 0))
        for code, then, otherwise, value in struct.iter_unpack("=HBBI", program)
    )


def errors_of(calls: list[tuple[int, tuple[int, ...]]]) -> list[int]:
    """The error of each call under the filter; 0 where there was none."""

    def call_all() -> list[int]:
        return [
            error_of(partial(libc.syscall, number, *arguments, *[0] * (6 - len(arguments))))
            for number, arguments in calls
        ]

    errors: list[int] = filtered(call_all, marked(seccomp.assemble()))
    return [error - 3000 for error in errors]


def error_of(call: Callable[[], object]) -> int:
    try:
        call()
    except OSError as error:
        return error.errno or 0
    return 0


KERNELS_NAME = {("aarch64", "newfstatat"): "fstatat"}
YOUNG = {"uretprobe", "uprobe"}
"""Calls with a number between those of older ones."""


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "asm-generic/unistd.h")],
    ids=list(seccomp.ARCHITECTURES),
)
def test_numbers_are_those_of_the_kernels_headers(machine: str, header: str) -> None:
    path = Path("/usr/include") / header
    if not path.is_file():
        pytest.skip(f"no kernel headers for {machine} at {path}")
    known = {name: int(number) for name, number in re.findall(r"__NR(?:3264)?_(\w+)\s+(\d+)\b", path.read_text())}
    column = seccomp.ARCHITECTURES[machine][0]
    newest = max(number for name, number in known.items() if name != "syscalls")
    old = {name: numbers[column] for name, numbers in NUMBERS.items() if name not in YOUNG}
    checked = {name: number for name, number in old.items() if (number or 0) <= newest}
    assert len(checked) > len(NUMBERS) - 30
    assert checked == {name: known.get(KERNELS_NAME.get((machine, name), name)) for name in checked}


def test_every_call_of_the_kernels_headers_is_named() -> None:
    path = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not path.is_file():
        pytest.skip(f"no kernel headers at {path}")
    known = set(re.findall(r"__NR_(\w+)\s+\d+\b", path.read_text()))
    assert known - NUMBERS.keys() - UNNAMED == set()


def test_numbers_given_since_5_1_are_the_same_on_both_machines() -> None:
    assert [name for name, (one, other) in NUMBERS.items() if max(one or 0, other or 0) >= 424 and one != other] == []


@both_machines
def test_what_is_refused_is_refused_with_its_error(machine: str) -> None:
    expected = {name: ERRNO | error for name, error in always_refused(machine).items()}
    assert {name: answer(machine, number_of(name, machine)) for name in expected} == expected


@both_machines
@pytest.mark.parametrize(("name", "arguments", "error"), BY_ARGUMENT)
def test_what_depends_on_an_argument_looks_at_that_argument(
    machine: str, name: str, arguments: tuple[int, ...], error: int | None
) -> None:
    expected = ALLOW if error is None else ERRNO | error
    assert answer(machine, number_of(name, machine), *arguments) == expected


@both_machines
@pytest.mark.parametrize(("switch", "name"), [("memory_files", "memfd_create"), ("messages", "sendmsg")])
def test_what_only_some_tiers_can_bound_is_refused_elsewhere(machine: str, switch: str, name: str) -> None:
    architecture, number = seccomp.ARCHITECTURES[machine][1], number_of(name, machine)
    for granted, expected in ((True, ALLOW), (False, ERRNO | errno.EPERM)):
        program = seccomp.assemble(machine=machine, **{switch: granted})
        assert simulate(program, architecture, number)[0] == expected
        others = [other for other in range(1024) if other not in (number, number_of("sendmmsg", machine))]
        assert [simulate(program, architecture, other)[0] for other in others] == [
            answer(machine, other) for other in others
        ]


@both_machines
def test_what_is_allowed_is_allowed(machine: str) -> None:
    column = seccomp.ARCHITECTURES[machine][0]
    allowed = [numbers[column] for table in syscalls.ALLOWED for numbers in table.values()]
    assert {answer(machine, number) for number in allowed if number is not None} == {ALLOW}


@both_machines
@without_deadline
@given(
    number=st.one_of(st.integers(0, 512), st.integers(0, 0x3FFFFFFF)),
    arguments=st.lists(st.integers(0, 2**64 - 1), max_size=6),
)
def test_a_call_that_is_on_no_list_is_absent(machine: str, number: int, arguments: list[int]) -> None:
    column = seccomp.ARCHITECTURES[machine][0]
    if number not in {numbers[column] for numbers in NUMBERS.values()}:
        assert answer(machine, number, *arguments) == ERRNO | errno.ENOSYS


@both_machines
@without_deadline
@given(arguments=st.lists(st.integers(0, 2**64 - 1), min_size=6, max_size=6))
def test_what_is_refused_is_refused_whatever_its_arguments(machine: str, arguments: list[int]) -> None:
    refused = refused_numbers(machine)
    assert {number: answer(machine, number, *arguments) for number in refused} == refused


@both_machines
@without_deadline
@given(number=st.integers(0, 2**32 - 1), arguments=st.lists(st.integers(0, 2**64 - 1), max_size=6))
def test_calls_of_a_foreign_architecture_kill(machine: str, number: int, arguments: list[int]) -> None:
    program = program_for(machine)
    answers = {name: simulate(program, code, number, *arguments)[0] for name, code in FOREIGN[machine].items()}
    assert answers == dict.fromkeys(FOREIGN[machine], KILL)


@without_deadline
@given(number=st.integers(0x40000000, 0xFFFFFFFF))
def test_x32_calls_kill(number: int) -> None:
    assert answer("x86_64", number) == KILL


@both_machines
def test_no_call_takes_a_long_way_through_the_filter(machine: str) -> None:
    program = program_for(machine)
    architecture = seccomp.ARCHITECTURES[machine][1]
    assert max(simulate(program, architecture, number)[1] for number in range(1024)) <= MOST_STEPS


def test_an_unknown_machine_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        seccomp.assemble(machine="riscv64")


@in_this_kernel
def test_the_kernel_refuses_all_that_the_filter_lists() -> None:
    expected = always_refused(MACHINE)
    errors = errors_of([(number_of(name, MACHINE), ()) for name in expected])
    assert dict(zip(expected, errors, strict=True)) == expected


@in_this_kernel
def test_the_kernel_refuses_what_the_filter_lists_by_argument() -> None:
    refused = [(name, arguments, error) for name, arguments, error in BY_ARGUMENT if error is not None]
    errors = errors_of([(number_of(name, MACHINE), arguments) for name, arguments, _ in refused])
    assert errors == [error for _, _, error in refused]


@in_this_kernel
@pytest.mark.parametrize("family", [AF_UNIX, AF_INET, AF_NETLINK])
def test_a_program_may_not_make_a_socket(family: int) -> None:
    with pytest.raises(PermissionError) as refused:
        filtered(lambda: socket.socket(family, socket.SOCK_DGRAM).fileno())
    assert refused.value.errno == errno.EACCES


@in_this_kernel
def test_started_programs_are_under_the_filter_too() -> None:
    code = "import socket\ntry: socket.socket()\nexcept PermissionError: print('refused')"
    said = filtered(
        lambda: subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, timeout=DEADLINE_S).stdout
    )
    assert said == b"refused\n"


@in_this_kernel
@pytest.mark.skipif(MACHINE != "x86_64", reason="x32 is an ABI of x86-64")
def test_an_x32_call_ends_the_whole_process() -> None:
    def call_in_a_thread() -> None:
        thread = threading.Thread(target=libc.syscall, args=(0x40000000 + 39,))
        thread.start()
        thread.join(DEADLINE_S)

    with pytest.raises(Ended) as ended:
        filtered(call_in_a_thread)
    assert ended.value.signal == signal.SIGSYS


@in_this_kernel
def test_threads_run() -> None:
    def add_up() -> int:
        results: list[int] = []
        threads = [threading.Thread(target=results.append, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE_S)
        return sum(results)

    assert filtered(add_up) == 6


@in_this_kernel
def test_programs_are_started() -> None:
    assert filtered(lambda: subprocess.run(["/bin/sh", "-c", "echo $((1 + 2))"], capture_output=True).stdout) == b"3\n"


@in_this_kernel
def test_a_pool_of_forked_processes_works() -> None:
    def pool() -> list[int]:
        with multiprocessing.get_context("fork").Pool(2) as workers:
            return workers.map_async(abs, [-1, -2, -3]).get(DEADLINE_S)

    assert filtered(pool) == [1, 2, 3]


@in_this_kernel
def test_a_pair_of_sockets_carries_data() -> None:
    def send_and_receive() -> bytes:
        one, other = socket.socketpair()
        with one, other:
            one.sendall(b"through")
            return other.recv(16)

    assert filtered(send_and_receive) == b"through"


@in_this_kernel
def test_files_are_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "file"

    def write_and_read() -> str:
        file.write_text("kept")
        return file.read_text()

    assert filtered(write_and_read) == "kept"


@in_this_kernel
def test_a_filter_without_no_new_privs_is_refused() -> None:
    if prctl(PR_GET_NO_NEW_PRIVS):
        pytest.skip("no_new_privs is set on the tests themselves")

    def install_as_nobody() -> None:
        if os.geteuid() == 0:
            os.setresuid(65534, 65534, 65534)
        seccomp.install(seccomp.assemble())

    with pytest.raises(PermissionError):
        in_child(install_as_nobody)


@in_this_kernel
def test_what_is_no_filter_is_refused() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        filtered(lambda: None, bytes(8))


@in_this_kernel
def test_where_seccomp_is_refused_it_is_not_available() -> None:
    assert filtered(seccomp.available) is False
