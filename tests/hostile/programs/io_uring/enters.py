# with: attempts
tell(attempt(call, "io_uring_enter", 0, 1, 1, 1, None, 0))
