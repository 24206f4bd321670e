# expect: time_limit_exceeded, memory_limit_exceeded
# suite: sum2_short
# why: arithmetic that never gets done
print(sum(map(int, input().split())), flush=True)
x = 3 ** (10**9)
