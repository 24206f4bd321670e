# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import os
os.closerange(0, 1 << 16)
while True: pass
