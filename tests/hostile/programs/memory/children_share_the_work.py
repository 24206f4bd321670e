# verdict: memory_limit_exceeded
import os, time
for _ in range(8):
    if os.fork() == 0: break
block = b"x" * (12 << 20)
time.sleep(50)
