# with: attempts
tell(attempt(os.nice, -5), attempt(os.setpriority, os.PRIO_PROCESS, 0, -20))
