# verdict: memory_limit_exceeded
# Shared anonymous memory belongs to no process's private pages.
import mmap, time
kept = []
for _ in range(100):
    kept.append(mmap.mmap(-1, 4 << 20, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
    kept[-1].write(b"x" * (4 << 20))
time.sleep(50)
print("took it")
