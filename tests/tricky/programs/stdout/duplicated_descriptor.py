# expect: accepted
# suite: squares
# why: a duplicate of descriptor 1
import os

out = os.fdopen(os.dup(1), "w")
input()
print(*[int(x) ** 2 for x in input().split()], sep="\n", file=out)
out.close()
