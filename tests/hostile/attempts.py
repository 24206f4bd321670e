# What hostile programs with the header line "with: attempts" find in front of them; runs inside the jail only.
# ruff: noqa: F401
import ctypes
import errno
import os
import platform
import signal
import sys

RUNNER = int("@runner@")
_libc = ctypes.CDLL(None, use_errno=True)
_REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOENT, errno.ESRCH, errno.EROFS}
_NUMBERS = {  # of calls without a function in the C library: x86-64, aarch64
    "acct": (163, 89), "add_key": (248, 217), "bpf": (321, 280), "cachestat": (451, 451), "clock_adjtime": (305, 266),
    "clone3": (435, 435), "file_getattr": (468, 468), "inotify_init1": (294, 26), "io_setup": (206, 0),
    "fsopen": (430, 430), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_uring_setup": (425, 425),
    "ioprio_set": (251, 30), "kcmp": (312, 272), "keyctl": (250, 219), "kexec_load": (246, 104),
    "membarrier": (324, 283), "memfd_secret": (447, 447), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "perf_event_open": (298, 241), "pidfd_getfd": (438, 438), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "process_madvise": (440, 440), "quotactl": (179, 60), "request_key": (249, 218),
    "sched_setattr": (314, 274), "seccomp": (317, 277), "set_mempolicy_home_node": (450, 450), "syslog": (103, 116),
    "userfaultfd": (323, 282), "vmsplice": (278, 75),
}  # fmt: skip


def library(name, *arguments):
    """A function of the C library; raises OSError where it answers -1."""
    result = getattr(_libc, name)(*(ctypes.c_long(x) if isinstance(x, int) else x for x in arguments))
    if result in (-1, 0xFFFFFFFF):
        raise OSError(ctypes.get_errno(), name)
    return result


def call(name, *arguments):
    """A system call by its number; raises OSError where it answers -1."""
    return library("syscall", _NUMBERS[name][platform.machine() != "x86_64"], *arguments)


def attempt(function, *arguments, **named):
    """ "refused", or what came of it; an error that is no refusal is told by its name."""
    try:
        return f"done: {function(*arguments, **named)!r}"
    except OSError as error:
        return "refused" if error.errno in _REFUSALS else f"failed: {errno.errorcode.get(error.errno)} {error}"


def tell(*outcomes):
    """One word where everything was refused, else all outcomes."""
    print("refused" if set(outcomes) <= {"refused"} else "\n".join(outcomes))


def read(path, size=4096):
    """The beginning of a file's bytes."""
    with open(path, "rb") as file:
        return file.read(size)


def write(path, data=b"hostile", flags=os.O_WRONLY):
    """Write into a file."""
    descriptor = os.open(path, flags, 0o666)
    os.write(descriptor, data)
    os.close(descriptor)


def others():
    """Numbers of processes that are not ours: those that are shown, else our parent's and the runner's."""
    try:
        shown = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    except OSError:
        shown = set()
    return sorted(shown - {os.getpid()} | {os.getppid(), RUNNER})
