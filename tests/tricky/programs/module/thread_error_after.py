# expect: accepted
# suite: sum2
# why: a thread that fails does not change the exit code
import threading

print(sum(map(int, input().split())))
threading.Thread(target=lambda: 1 / 0).start()
