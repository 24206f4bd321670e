# with: attempts
program = ctypes.create_string_buffer(b"\x06\0\0\0\0\0\xff\x7f")
header = (ctypes.c_void_p * 2)(1, ctypes.addressof(program))
tell(attempt(call, "seccomp", 1, 8, header), attempt(library, "prctl", 22, 2, header, 0, 0), attempt(call, "bpf", 5, header, 16))
