# expect: time_limit_exceeded
# suite: sum2_short
# why: right output, and it never gets out of its exit functions
import atexit


def spin():
    while True:
        pass


atexit.register(spin)
print(sum(map(int, input().split())), flush=True)
