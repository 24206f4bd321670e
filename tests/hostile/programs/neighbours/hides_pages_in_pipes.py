# with: attempts
# A page in a pipe is in no process, and keeps all of a large one of which it is a part.
import mmap
reading, writing = os.pipe()
memory = mmap.mmap(-1, 4 << 20)
memory[0] = 1
part = (ctypes.c_void_p * 2)(ctypes.addressof(ctypes.c_char.from_buffer(memory)), 4096)
tell(attempt(call, "vmsplice", writing, ctypes.byref(part), 1, 0))
