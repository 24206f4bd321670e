# expect: accepted
# suite: total
# why: a text file is iterated line by line
import sys

lines = [line for line in sys.stdin]
print(sum(map(int, lines[1:])))
