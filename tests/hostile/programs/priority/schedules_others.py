# with: attempts
for pid in (RUNNER, os.getppid()):
    attempt(os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0))
    attempt(os.sched_setaffinity, pid, {0})
changed = [pid for pid in (RUNNER, os.getppid()) if attempt(os.sched_getscheduler, pid) == f"done: {os.SCHED_IDLE}"]
tell(*map(str, changed))  # the host's state tells of the rest
