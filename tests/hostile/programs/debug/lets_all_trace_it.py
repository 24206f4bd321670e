# with: attempts
# PR_SET_PTRACER opens this process to all others; nobody of another submission is there to come.
attempt(library, "prctl", 0x59616D61, -1, 0, 0, 0)
tell(attempt(library, "ptrace", 16, os.getppid(), 0, 0))
