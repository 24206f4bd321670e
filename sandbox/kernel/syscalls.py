"""The policy for system calls: every call that is known has its answer here, by a table; what is in none is answered
as by a kernel without it. So a call that a newer kernel adds stays closed until somebody has thought about it.

Numbers are (x86-64, aarch64), from the kernel's tables (asm/unistd_64.h, asm-generic/unistd.h); None where an
architecture has no such call.
"""

from __future__ import annotations

Table = dict[str, tuple[int | None, int | None]]

# fmt: off
FILES: Table = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70), "preadv2": (327, 286), "pwritev2": (328, 287),
    "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "creat": (85, None), "close": (3, 57),
    "close_range": (436, 436), "stat": (4, None), "fstat": (5, 80), "lstat": (6, None), "newfstatat": (262, 79),
    "statx": (332, 291), "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "lseek": (8, 62),
    "getdents": (78, None), "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50),
    "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34),
    "rmdir": (84, None), "link": (86, None), "linkat": (265, 37), "unlink": (87, None), "unlinkat": (263, 35),
    "symlink": (88, None), "symlinkat": (266, 36), "readlink": (89, None), "readlinkat": (267, 78),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "umask": (95, 166), "truncate": (76, 45),
    "ftruncate": (77, 46), "fallocate": (285, 47), "flock": (73, 32), "mknod": (133, None), "mknodat": (259, 33),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88), "statfs": (137, 43),
    "fstatfs": (138, 44), "sendfile": (40, 71), "copy_file_range": (326, 285), "readahead": (187, 213),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463), "getxattr": (191, 8),
    "lgetxattr": (192, 9), "fgetxattr": (193, 10), "getxattrat": (464, 464), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13), "listxattrat": (465, 465), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
}
"""Files by name and by descriptor; which of them is for file modes, mounts and Landlock to say."""

STREAMS: Table = {
    "pipe": (22, None), "pipe2": (293, 59), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24),
    "splice": (275, 76), "tee": (276, 77), "poll": (7, None), "ppoll": (271, 73), "select": (23, None),
    "pselect6": (270, 72), "epoll_create": (213, None), "epoll_create1": (291, 20), "epoll_ctl": (233, 21),
    "epoll_wait": (232, None), "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441), "eventfd": (284, None),
    "eventfd2": (290, 19), "signalfd": (282, None), "signalfd4": (289, 74), "timerfd_create": (283, 85),
    "timerfd_settime": (286, 86), "timerfd_gettime": (287, 87), "recvfrom": (45, 207), "recvmsg": (47, 212),
    "recvmmsg": (299, 243), "shutdown": (48, 210), "getsockname": (51, 204), "getpeername": (52, 205),
    "getsockopt": (55, 209),
}
"""Pipes, pairs of sockets, and waiting for them."""

MEMORY: Table = {
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "remap_file_pages": (216, 234), "mincore": (27, 232), "mlock": (149, 228), "mlock2": (325, 284),
    "munlock": (150, 229), "mlockall": (151, 230), "munlockall": (152, 231), "get_mempolicy": (239, 236),
    "pkey_mprotect": (329, 288), "pkey_alloc": (330, 289), "pkey_free": (331, 290), "mseal": (462, 462),
    "map_shadow_stack": (453, 453),
}
"""A program's own memory."""

TASKS: Table = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281), "exit": (60, 93),
    "exit_group": (231, 94), "wait4": (61, 260), "waitid": (247, 95), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "gettid": (186, 178), "getpid": (39, 172), "getppid": (110, 173),
    "getpgrp": (111, None), "getpgid": (121, 155), "setpgid": (109, 154), "getsid": (124, 156), "setsid": (112, 157),
    "set_tid_address": (218, 96), "set_robust_list": (273, 99), "get_robust_list": (274, 100), "rseq": (334, 293),
    "arch_prctl": (158, None), "set_thread_area": (205, None), "get_thread_area": (211, None), "futex": (202, 98),
    "futex_waitv": (449, 449), "futex_wake": (454, 454), "futex_wait": (455, 455), "futex_requeue": (456, 456),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132), "pause": (34, None), "restart_syscall": (219, 128), "uretprobe": (335, None),
    "uprobe": (336, None), "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "sched_getattr": (315, 275),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126), "sched_rr_get_interval": (148, 127), "getpriority": (140, 141),
    "ioprio_get": (252, 31), "getrlimit": (97, 163), "setrlimit": (160, 164), "getrusage": (98, 165),
    "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445), "landlock_restrict_self": (446, 446),
}
"""Processes and threads, signals between them, and what they may know and set of themselves."""

IDENTITY: Table = {
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "setuid": (105, 146), "setgid": (106, 144),
    "setreuid": (113, 145), "setregid": (114, 143), "setresuid": (117, 147), "setresgid": (119, 149),
    "setfsuid": (122, 151), "setfsgid": (123, 152), "setgroups": (116, 159), "capget": (125, 90), "capset": (126, 91),
    "uname": (63, 160), "sysinfo": (99, 179), "getcpu": (309, 168), "getrandom": (318, 278),
}
"""Users and capabilities, of which a program has none to gain, and what it runs on."""

TIME: Table = {
    "time": (201, None), "gettimeofday": (96, 169), "times": (100, 153), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "alarm": (37, None),
    "getitimer": (36, 102), "setitimer": (38, 103), "timer_create": (222, 107), "timer_settime": (223, 110),
    "timer_gettime": (224, 108), "timer_getoverrun": (225, 109), "timer_delete": (226, 111),
}
"""Clocks to read, and timers."""

ALLOWED = (FILES, STREAMS, MEMORY, TASKS, IDENTITY, TIME)
"""Calls that compilers, runtimes and programs use, and that tell or change nothing beyond the jail's other walls."""

SOCKETS: Table = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242),
}
"""The network, and sockets through which others on the host could be reached; pairs are allowed, but no end of one
may take or reach a name."""

PROCESSES: Table = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
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
    "mbind": (237, 235), "set_mempolicy": (238, 237), "set_mempolicy_home_node": (450, 450),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "seccomp": (317, 277), "sethostname": (170, 161),
    "setdomainname": (171, 162),
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
    "shmget": (29, 194), "shmat": (30, 196), "shmdt": (67, 197), "shmctl": (31, 195), "semget": (64, 190),
    "semop": (65, 193), "semtimedop": (220, 192), "semctl": (66, 191), "msgget": (68, 186), "msgsnd": (69, 189),
    "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "mq_timedsend": (242, 182), "mq_timedreceive": (243, 183), "mq_notify": (244, 184), "mq_getsetattr": (245, 185),
}
"""System V and POSIX objects that would outlive a program; in a namespace of their own too, since a jail serves many
programs."""

SCHEDULING: Table = {
    "sched_setattr": (314, 274),
}
"""For how long at a time a program runs: the filter cannot see in memory what is asked for."""

MEMORY_FILES: Table = {
    "memfd_create": (319, 279),
}
"""Files in memory, which is in no process's account while no process maps it."""

MESSAGES: Table = {
    "sendmsg": (46, 211), "sendmmsg": (307, 269),
}
"""Calls that can send descriptors through a pair of sockets. The kernel counts those in flight by user, and lets none
send more once they are as many as a process may have open (unix(7), ETOOMANYREFS)."""

ABSENT: Table = {
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "clone3": (435, 435), "io_setup": (206, 0), "io_destroy": (207, 1), "io_submit": (209, 2), "io_cancel": (210, 3),
    "io_getevents": (208, 4), "io_pgetevents": (333, 292), "inotify_init": (253, None), "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27), "inotify_rm_watch": (255, 28), "membarrier": (324, 283), "cachestat": (451, 451),
    "vmsplice": (278, 75), "file_getattr": (468, 468), "file_setattr": (469, 469), "lsm_get_self_attr": (459, 459),
    "lsm_set_self_attr": (460, 460), "lsm_list_modules": (461, 461), "ustat": (136, None), "sysfs": (139, None),
}
"""Calls that are answered as by a kernel without them, since libraries then take the older way. clone3's flags lie in
memory where a filter cannot see them; io_uring runs calls that no filter sees; contexts for asynchronous I/O are
counted for the whole host (fs.aio-max-nr), watches for a user; inotify and cachestat tell what others read; membarrier
interrupts every CPU; a page that vmsplice put into a pipe is in no process's account."""

UNDONE: Table = {
    "sync": (162, 81), "syncfs": (306, 267), "fsync": (74, 82), "fdatasync": (75, 83), "sync_file_range": (277, 84),
    "fadvise64": (221, 223), "sched_setaffinity": (203, 122),
}
"""Calls that are answered with success and left undone. A program's files end with its run, so that none of them needs
to be on a disk, while each flush, of a file that is only read too, makes all of the host wait for its disk; advice can
drop from memory the files that others read; and the service may have given its worker one CPU, which is not for a
program to leave."""

OF_ITSELF: Table = {
    "prlimit64": (302, 261),
}
"""A call that a program may make about itself (process 0) only: where it has the service's user id, or the same as
the process that it was forked from, it could change limits of others for good."""

PRIORITY_OF_ITSELF: Table = {
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
}
"""The same, but what is asked about another process, or a thread by its number, is answered with success and left
undone: runtimes (mono) set each new thread's priority so, and write to stdout when that fails."""

BY_ARGUMENT: Table = {
    "socketpair": (53, 199), "sendto": (44, 206), "setsockopt": (54, 208), "clone": (56, 220), "prctl": (157, 167),
    "ioctl": (16, 29), "fcntl": (72, 25), "personality": (135, 92), "setpriority": (141, 140),
    "ioprio_set": (251, 30), "madvise": (28, 233), "msync": (26, 227),
}
"""Calls that are denied, or left undone, for some arguments only."""
# fmt: on
