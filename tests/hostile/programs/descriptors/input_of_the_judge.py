# with: attempts
# inputs: token
# What comes in is sealed: a program cannot change it for the tests after this one.
def grow(): os.ftruncate(os.open("/proc/self/fd/0", os.O_RDWR), 0)
tell(attempt(os.pwrite, 0, b"x", 0).replace("failed: EBADF [Errno 9] Bad file descriptor", "refused"), attempt(grow))
