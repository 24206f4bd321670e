# with: attempts
idle = 3 << 13
tell(*(attempt(call, "ioprio_set", 1, pid, idle) for pid in (RUNNER, os.getppid())), attempt(call, "ioprio_set", 1, 0, 1 << 13))
