# expect: accepted
# suite: sum2
# why: its own trace and profile functions
import sys

calls = 0


def count(frame, event, argument):
    global calls
    calls += 1


sys.setprofile(count)
total = sum(map(int, input().split()))
sys.setprofile(None)
print(total if calls else None)
