# verdict: time_limit_exceeded
# limits: cpu_s=0.1 wall_s=0.3 memory_mb=512
import os
while True:
    try: os.fork()
    except OSError: pass
