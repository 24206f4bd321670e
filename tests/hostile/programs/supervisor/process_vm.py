# with: attempts
local = ctypes.create_string_buffer(64)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(local), 64)
ways = ("process_vm_readv", "process_vm_writev")
tell(*(attempt(library, way, pid, vector, 1, vector, 1, 0) for way in ways for pid in (RUNNER, os.getppid())))
