# verdict: time_limit_exceeded
# limits: wall_s=0.2
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
