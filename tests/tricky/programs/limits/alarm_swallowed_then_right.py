# expect: time_limit_exceeded
# suite: sum2_short
# why: interrupted by an alarm it prints the answer; by itself it never would
total = sum(map(int, input().split()))
try:
    while True:
        pass
except BaseException:
    print(total)
