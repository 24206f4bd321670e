# with: attempts
arguments = (ctypes.c_uint64 * 11)(0x10000000, *[0] * 3, 17)
tell(attempt(call, "clone3", arguments, 88))
