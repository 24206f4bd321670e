# expect: accepted
# suite: sum2
# why: semicolons and an expression statement
import sys; a, b = map(int, sys.stdin.readline().split()); (lambda out: out(str(a + b)))(print)
