# expect: accepted
# suite: total
# why: input rebound to readline at the top
import sys

input = sys.stdin.readline
print(sum(int(input()) for _ in range(int(input()))))
