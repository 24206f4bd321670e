# expect: accepted
# suite: total
# why: readlines() has no extra line at the end
import sys

lines = sys.stdin.readlines()
assert len(lines) == int(lines[0]) + 1
print(sum(map(int, lines[1:])))
