# says: nothing
import os
held = [os.pread(n, 1 << 20, 0) for n in range(3, 1024) if os.path.exists(f"/proc/self/fd/{n}")]
print(held or "nothing")
