# expect: accepted
# suite: squares
# why: stderr is not the answer, however much of it there is
import sys

sys.stderr.write("debug\n" * 50_000)
input()
print(*[int(x) ** 2 for x in input().split()], sep="\n")
