# with: attempts
tell(attempt(call, "userfaultfd", 0), attempt(os.open, "/dev/userfaultfd", os.O_RDWR))
