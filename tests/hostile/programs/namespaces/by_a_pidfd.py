# with: attempts
def enter(pid): library("setns", call("pidfd_open", pid, 0), 0x7E020000)
tell(*(attempt(enter, pid) for pid in (RUNNER, os.getppid(), os.getpid())))
