# with: attempts
tell(*(attempt(call, "io_uring_setup", size, ctypes.create_string_buffer(120)) for size in (1, 8, 4096)))
