# verdict: time_limit_exceeded
# limits: cpu_s=0.1 wall_s=0.3 memory_mb=512
import os, threading
def bomb():
    while True:
        try: os.fork()
        except OSError: pass
for _ in range(4): threading.Thread(target=bomb).start()
