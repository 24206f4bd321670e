# expect: accepted
# suite: odd_blanks
# why: only a newline ends a line, not a form feed or U+2028
import sys

print(sum(1 for _ in sys.stdin))
