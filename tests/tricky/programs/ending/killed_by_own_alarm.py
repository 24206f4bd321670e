# expect: runtime_error
# suite: sum2
# why: right output, then its own alarm ends it
import signal

print(sum(map(int, input().split())), flush=True)
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
