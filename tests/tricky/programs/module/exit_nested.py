# expect: accepted
# suite: sum2
# why: sys.exit deep in calls, code 0
import sys


def answer(values):
    def done(value):
        print(value)
        sys.exit()

    done(sum(values))


answer(map(int, input().split()))
print("never")
