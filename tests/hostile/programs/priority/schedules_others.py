# with: attempts
for pid in (RUNNER, os.getppid()):
    attempt(os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0))
changed = [pid for pid in (RUNNER, os.getppid()) if attempt(os.sched_getscheduler, pid) == f"done: {os.SCHED_IDLE}"]
tell(*(attempt(os.sched_setaffinity, pid, {0}) for pid in (RUNNER, os.getppid())), *map(str, changed))
