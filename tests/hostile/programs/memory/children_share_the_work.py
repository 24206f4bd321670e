# verdict: memory_limit_exceeded
# limits: cpu_s=1
import os, time
for _ in range(8):
    if os.fork() == 0: break
block = b"x" * (12 << 20)
time.sleep(1)
