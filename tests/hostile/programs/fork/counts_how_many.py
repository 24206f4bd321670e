# says: bounded
# limits: memory_mb=512
import os, time
made = 0
try:
    while made < 200:
        if os.fork() == 0: time.sleep(1000)
        made += 1
except OSError: pass
print("bounded" if made < 17 else f"made {made}")
