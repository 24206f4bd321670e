# expect: memory_limit_exceeded
# suite: sum2
# why: more memory than the suite grants
block = b"x" * (1 << 30)
print(sum(map(int, input().split())))
