# with: attempts
tell(attempt(call, "perf_event_open", ctypes.create_string_buffer(b"\x01\0\0\0\x80" + bytes(200)), RUNNER, -1, -1, 0))
