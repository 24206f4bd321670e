# with: attempts
def enter(pid, kind): library("setns", os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY), 0)
tell(*(attempt(enter, pid, kind) for pid in (RUNNER, os.getppid(), "self") for kind in ("mnt", "net", "pid", "user")))
