# with: attempts
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
data = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
tell(attempt(library, "capset", header, data), attempt(library, "prctl", 47, 2, 21, 0, 0), attempt(os.setxattr, "/proc/self/exe", "security.capability", b"\1\0\0\2" + bytes(16)))
