# expect: accepted
# suite: total
# why: each readline of the binary buffer is the next line
import sys

n = int(sys.stdin.buffer.readline())
print(sum(int(sys.stdin.buffer.readline()) for _ in range(n)))
