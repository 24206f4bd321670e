# expect: accepted
# suite: total
# why: the usual fast way to read
import sys

n, *numbers = map(int, sys.stdin.buffer.read().split())
print(sum(numbers[:n]))
