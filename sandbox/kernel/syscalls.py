"""System calls that no program needs, by what they would open. Numbers are (x86-64, aarch64), from the kernel's
tables (asm/unistd_64.h, asm-generic/unistd.h); None where an architecture has no such call."""

from __future__ import annotations

Table = dict[str, tuple[int | None, int | None]]

# fmt: off
SOCKETS: Table = {
    "socket": (41, 198),
}
"""The network, and sockets through which others on the host could be reached; pairs are allowed."""

PROCESSES: Table = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
}
"""Looking into, or taking things from, other processes."""

KEYS: Table = {
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
}
"""Kernel keyrings outlive a program."""

KERNEL: Table = {
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "memfd_secret": (447, 447),
    "lookup_dcookie": (212, 18), "nfsservctl": (180, 42), "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "syslog": (103, 116), "acct": (163, 89),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "swapon": (167, 224), "swapoff": (168, 225),
    "reboot": (169, 142), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "vhangup": (153, 58), "ioperm": (173, None),
    "iopl": (172, None), "modify_ldt": (154, None), "uselib": (134, None), "_sysctl": (156, None),
    "mbind": (237, 235), "set_mempolicy": (238, 237), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "seccomp": (317, 277),
}
"""Parts of the kernel with a record of holes, or meant for administrators; nested seccomp filters can stall or
fool whoever reads a program's system calls."""

CLOCKS: Table = {
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
}
"""The machine's clock."""

MOUNTS: Table = {
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "open_tree_attr": (467, 467), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "statmount": (457, 457), "listmount": (458, 458),
}
"""The file system's shape."""

NAMESPACES: Table = {
    "setns": (308, 268), "unshare": (272, 97),
}
"""New namespaces give a program rights over a fresh part of the kernel."""

IPC: Table = {
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193),
    "semtimedop": (220, 192), "semctl": (66, 191), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
}
"""System V and POSIX objects that would outlive a program."""

MEMORY_FILES: Table = {
    "memfd_create": (319, 279),
}
"""Files in memory, which is in no process's account while no process maps it."""

ABSENT: Table = {
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "clone3": (435, 435),
}
"""Calls that are answered as by a kernel without them: libraries then take the older way (clone3's flags lie in
memory where a filter cannot see them; io_uring runs calls that no filter sees)."""

OF_ITSELF: Table = {
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setattr": (314, 274),
}
"""Calls that a program may make about itself (process 0) only: where it has the service's user id, or the same as
the process that it was forked from, it could change limits and priorities of others for good."""

PRIORITY_OF_ITSELF: Table = {
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
}
"""The same, but what is asked about another process, or a thread by its number, is answered with success and left
undone: runtimes (mono) set each new thread's priority so, and write to stdout when that fails."""

BY_ARGUMENT: Table = {
    "socketpair": (53, 199), "clone": (56, 220), "prctl": (157, 167), "ioctl": (16, 29), "personality": (135, 92),
    "setpriority": (141, 140), "ioprio_set": (251, 30),
}
"""Calls that are denied, or left undone, for some arguments only."""
# fmt: on
