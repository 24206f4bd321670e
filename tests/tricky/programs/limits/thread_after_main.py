# expect: time_limit_exceeded
# suite: sum2_short
# why: right output, then a thread that never ends
import threading


def spin():
    while True:
        pass


print(sum(map(int, input().split())), flush=True)
threading.Thread(target=spin).start()
