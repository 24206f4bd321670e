# not in process: the process tier does not keep programs from files that all may write or open
# says: gone | gone
# inputs: first | second
import os
path = "/dev/shm/sem.@half@"
print("found" if os.path.exists(path) else "gone")
try:
    from _multiprocessing import SemLock
    SemLock(1, 1, 1, "/@half@", False)
except OSError: pass
