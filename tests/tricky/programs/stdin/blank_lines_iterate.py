# expect: accepted
# suite: blank_lines
# why: a blank line is no end of input
import sys

print(sum(line == "\n" for line in sys.stdin))
