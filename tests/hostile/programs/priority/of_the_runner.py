# with: attempts
import resource
tell(*(attempt(os.setpriority, os.PRIO_PROCESS, pid, 19) for pid in (RUNNER, os.getppid())))
