# expect: time_limit_exceeded
# suite: sum2_short
# why: right output, then a thread that waits for ever
import threading

print(sum(map(int, input().split())), flush=True)
threading.Thread(target=threading.Event().wait).start()
