"""Run as a program of its own: becomes what a container's first process is under Docker's defaults, then execs.

``python docker_like.py UID COMMAND...``: no control groups in sight, the 14 default capabilities (none for a plain
user), and the default seccomp profile's refusals. Written from the profile's documentation; a namespace of mounts is
all that is used of the host's own means.
"""

from __future__ import annotations

import errno
import os
import struct
import sys

from sandbox.kernel import mounts, namespaces, seccomp, syscalls
from sandbox.kernel.libc import prctl

KEPT = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
"""chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write
setfcap (capability.h)."""
LAST_CAPABILITY = 40
PR_CAPBSET_DROP = 24
ALLOWED_BY_DOCKER = {"seccomp", "process_mrelease"}
ABSENT_IN_DOCKER = ("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register")
CLONE_NEW = 0x7E020000
ALLOW, ERROR = 0x7FFF0000, 0x00050000


def profile() -> bytes:
    """Classic BPF, one check after the other."""
    column, _ = seccomp.ARCHITECTURES[os.uname().machine]
    groups = (syscalls.PROCESSES, syscalls.KEYS, syscalls.KERNEL, syscalls.CLOCKS, syscalls.MOUNTS, syscalls.NAMESPACES)
    refused = {group[name][column]: errno.EPERM for group in groups for name in group if name not in ALLOWED_BY_DOCKER}
    refused |= {syscalls.ABSENT[name][column]: errno.ENOSYS for name in ABSENT_IN_DOCKER}
    program = [(0x20, 0, 0, 0)]
    for number, answer in refused.items():
        if number is not None:
            program += [(0x15, 0, 1, number), (0x06, 0, 0, ERROR | answer)]
    clone = syscalls.BY_ARGUMENT["clone"][column]
    program += [(0x15, 0, 3, clone or 0), (0x20, 0, 0, 16), (0x45, 0, 1, CLONE_NEW), (0x06, 0, 0, ERROR | errno.EPERM)]
    program += [(0x06, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", code, yes, no, value) for code, yes, no, value in program)


def main() -> None:
    uid, command = int(sys.argv[1]), sys.argv[2:]
    filter_program = profile()
    namespaces.unshare(namespaces.NEWNS)
    mounts.make_private()
    mounts.mount_tmpfs("/sys/fs/cgroup", size=4096, inodes=2)
    for capability in set(range(LAST_CAPABILITY + 1)) - set(KEPT):
        prctl(PR_CAPBSET_DROP, capability)
    seccomp.install(filter_program)  # by the right of root, so that no_new_privs stays off as it does in a container
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
