# with: attempts
file = os.open(os.__file__, os.O_RDONLY)
everything, answer = (ctypes.c_ulong * 2)(0, 0), (ctypes.c_ulong * 5)()
tell(attempt(call, "cachestat", file, everything, answer, 0), attempt(call, "file_getattr", -100, b".", answer, 24, 0),
    attempt(call, "set_mempolicy_home_node", 0, 4096, 0, 0))
