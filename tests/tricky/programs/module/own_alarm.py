# expect: accepted
# suite: sum2
# why: an anytime search with an alarm of its own
import signal


class TimeIsUp(Exception):
    pass


def ring(signum, frame):
    raise TimeIsUp


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.05)
best = sum(map(int, input().split()))
try:
    while True:
        best = max(best, best - 1)
except TimeIsUp:
    print(best)
