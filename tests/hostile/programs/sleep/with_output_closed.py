# verdict: time_limit_exceeded
# limits: wall_s=0.2
import os, time
for number in (0, 1, 2): os.close(number)
time.sleep(10_000)
