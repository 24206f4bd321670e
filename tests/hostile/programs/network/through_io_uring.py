# with: attempts
tell(attempt(call, "io_uring_setup", 8, ctypes.create_string_buffer(120)))
