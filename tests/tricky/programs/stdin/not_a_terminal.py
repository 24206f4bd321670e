# expect: accepted
# suite: total
# why: stdin is no terminal, and can be asked
import sys

if sys.stdin.isatty():
    print("usage: give numbers")
else:
    print(sum(map(int, sys.stdin.read().split()[1:])))
