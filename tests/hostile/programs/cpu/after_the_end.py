# verdict: time_limit_exceeded
# limits: cpu_s=0.1
import atexit
def stay():
    while True: pass
atexit.register(stay)
print("refused")
