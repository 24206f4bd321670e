# with: attempts
# A limit of CPU time on the runner would be the end of it, without any signal of ours.
import resource
tell(*(attempt(resource.prlimit, pid, resource.RLIMIT_CORE, (0, 0)) for pid in (RUNNER, os.getppid())))
