# with: attempts
names = ("oom_score_adj", "comm", "clear_refs", "coredump_filter", "timerslack_ns", "sched", "autogroup", "loginuid")
tell(*(attempt(write, f"/proc/{pid}/{name}", b"1") for pid in (RUNNER, os.getppid()) for name in names))
