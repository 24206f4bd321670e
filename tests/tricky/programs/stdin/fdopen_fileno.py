# expect: accepted
# suite: total
# why: stdin has a file number
import os
import sys

file = os.fdopen(sys.stdin.fileno(), closefd=False)
file.readline()
print(sum(map(int, file)))
