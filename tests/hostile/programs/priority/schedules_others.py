# with: attempts
tell(*(attempt(os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0)) for pid in (RUNNER, os.getppid())), *(attempt(os.sched_setaffinity, pid, {0}) for pid in (RUNNER, os.getppid())))
