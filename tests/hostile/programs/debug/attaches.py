# with: attempts
tell(*(attempt(library, "ptrace", request, pid, 0, 0) for request in (16, 0x4206) for pid in (RUNNER, os.getppid())))
