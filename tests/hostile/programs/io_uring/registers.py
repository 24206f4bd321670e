# with: attempts
tell(attempt(call, "io_uring_register", 0, 0, None, 0), attempt(call, "io_uring_register", -1, 11, None, 0))
