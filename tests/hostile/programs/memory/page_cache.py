# verdict: memory_limit_exceeded, output_limit_exceeded, runtime_error, time_limit_exceeded
# limits: cpu_s=0.5 wall_s=2
# Written, synced and read again through a map: pages of a file, of nobody's heap.
import mmap
with open("big", "w+b") as file:
    for size in range(1, 10_000):
        file.write(b"x" * (1 << 20))
        file.flush()
        mmap.mmap(file.fileno(), size << 20).read()
