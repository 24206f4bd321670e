# says: left
# verdict: accepted, time_limit_exceeded
# in container-user: accepted, time_limit_exceeded, memory_limit_exceeded - without groups, heads seen at once add up
# limits: cpu_s=0.5 wall_s=1
# Each head that is cut grows another: processes that start their successor before they end.
import os
print("left", flush=True)
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
        except OSError: pass
