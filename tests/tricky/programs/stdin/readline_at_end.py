# expect: accepted
# suite: total
# why: readline() is empty at the end, for ever
import sys

sys.stdin.readline()
total = 0
while line := sys.stdin.readline():
    total += int(line)
assert sys.stdin.readline() == ""
print(total)
