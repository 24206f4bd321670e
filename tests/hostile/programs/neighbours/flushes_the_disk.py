# says: left undone
# Each flush makes all that write to the host's disk wait; a file that may only be read will do.
import ctypes, mmap, os, time
library = ctypes.CDLL(None, use_errno=True)
file = os.open(os.__file__, os.O_RDONLY)
shown = mmap.mmap(file, 4096, mmap.MAP_SHARED, mmap.PROT_READ)
def flush(times):
    started = time.monotonic()
    for _ in range(times):
        os.sync(); library.syncfs(file); os.fsync(file); os.fdatasync(file); shown.flush()
        library.sync_file_range(file, ctypes.c_long(0), ctypes.c_long(0), 7)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    return time.monotonic() - started
took = 20 * min(flush(100) for _ in range(20))  # a machine that is busy now and then costs some of them more
print("left undone" if took < 2.0 else f"{took:.1f} s")
