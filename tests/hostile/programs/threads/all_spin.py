# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import threading
def spin():
    while True: pass
for _ in range(8): threading.Thread(target=spin).start()
