# expect: accepted
# suite: total
# why: next() on stdin takes one line, readline the one after it
import sys

n = int(next(sys.stdin))
first = int(sys.stdin.readline())
print(first + sum(int(next(sys.stdin)) for _ in range(n - 1)))
