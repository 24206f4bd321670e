# not in process: the process tier does not keep programs from files that all may write or open
# says: gone | gone
# inputs: first | second
import os
path = "/dev/shm/@half@"
print("found" if os.path.exists(path) else "gone")
try: open(path, "w").close()
except OSError: pass
