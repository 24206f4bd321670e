# with: attempts
# One number bounds the events of all contexts on a host (fs.aio-max-nr).
context = ctypes.c_ulong(0)
tell(attempt(call, "io_setup", 65_536, ctypes.byref(context)), attempt(call, "io_setup", 1, ctypes.byref(context)))
