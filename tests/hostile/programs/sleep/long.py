# verdict: time_limit_exceeded
# limits: wall_s=0.2
import time
time.sleep(10_000)
