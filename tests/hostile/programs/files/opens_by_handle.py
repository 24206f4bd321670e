# with: attempts
handle = ctypes.create_string_buffer(b"\x80\0\0\0" + bytes(132))
tell(attempt(call, "name_to_handle_at", -100, b"@file@", handle, ctypes.byref(ctypes.c_int()), 0), attempt(call, "open_by_handle_at", 0, handle, 0))
