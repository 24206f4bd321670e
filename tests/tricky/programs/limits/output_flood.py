# expect: output_limit_exceeded
# suite: sum2
# why: the right answer first, then more output than the suite grants
print(sum(map(int, input().split())))
for _ in range(1 << 12):
    print(" " * 1023)
