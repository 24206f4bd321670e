# expect: time_limit_exceeded
# suite: sum2_short
# why: it uses no time of the processor and never ends
import threading

print(sum(map(int, input().split())), flush=True)
lock = threading.Lock()
lock.acquire()
lock.acquire()
