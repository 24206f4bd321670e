# verdict: memory_limit_exceeded
import mmap
kept = []
while True:
    kept.append(mmap.mmap(-1, 4 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    kept[-1].write(b"x" * (4 << 20))
