# expect: accepted
# suite: blank_lines
# why: nothing is stripped from the input
import sys

print(sum(not line for line in sys.stdin.read().split("\n")[:-1]))
