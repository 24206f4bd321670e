# expect: accepted
# suite: total
# why: input rebound to an iterator's method
import sys

input = iter(sys.stdin.read().splitlines()).__next__
print(sum(int(input()) for _ in range(int(input()))))
