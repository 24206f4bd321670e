# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import os
while True:
    if os.fork() == 0:
        sum(range(30_000))
        os._exit(0)
    os.wait()
