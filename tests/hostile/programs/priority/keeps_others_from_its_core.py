# with: attempts
PR_SCHED_CORE, CREATE, PR_SET_MEMORY_MERGE = 62, 1, 67
tell(attempt(library, "prctl", PR_SCHED_CORE, CREATE, 0, 2, 0), attempt(library, "prctl", PR_SET_MEMORY_MERGE, 1, 0, 0, 0))
