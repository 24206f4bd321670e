# expect: accepted
# suite: total
# why: the binary buffer has all methods of a file
import sys

print(sum(map(int, sys.stdin.buffer.readlines()[1:])))
