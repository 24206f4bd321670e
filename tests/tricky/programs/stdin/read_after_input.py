# expect: accepted
# suite: total
# why: read() gives the rest, not the whole
import sys

input()
print(sum(map(int, sys.stdin.read().split())))
