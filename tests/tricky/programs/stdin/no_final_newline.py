# expect: accepted
# suite: total_no_newline
# why: the last line counts without a newline
import sys

lines = sys.stdin.readlines()
assert not lines[-1].endswith("\n")
print(sum(map(int, lines[1:])))
