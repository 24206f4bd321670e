# with: attempts
attributes = ctypes.create_string_buffer(b"\x30\0\0\0\x06\0\0\0" + bytes(16) + (10**7).to_bytes(8, "little") + (3 * 10**7).to_bytes(8, "little") * 2)
tell(attempt(call, "sched_setattr", 0, attributes, 0), attempt(call, "sched_setattr", RUNNER, attributes, 0))
