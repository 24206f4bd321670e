# expect: accepted
# suite: sum2
# why: settings of a module that harnesses use too
import decimal

decimal.getcontext().prec = 3
decimal.getcontext().traps[decimal.InvalidOperation] = False
a, b = map(int, input().split())
print(a + b)
