# expect: accepted
# suite: total
# why: iteration goes on where input() stopped
import sys

n = int(input())
print(sum(int(line) for line in sys.stdin))
