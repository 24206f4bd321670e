# with: attempts
tell(attempt(call, "process_madvise", 0, None, 0, 21, 0))
