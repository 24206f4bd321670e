# expect: accepted
# suite: squares
# why: stdout is flushed and closed by the program
import sys

input()
print(*[int(x) ** 2 for x in input().split()], sep="\n")
sys.stdout.close()
