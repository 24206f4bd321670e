# not in process: the process tier does not keep programs from files that all may write or open
# with: attempts
tell(attempt(os.openpty), attempt(os.open, "/dev/pts/ptmx", os.O_RDWR), attempt(os.open, "/dev/pts/0", os.O_RDWR))
