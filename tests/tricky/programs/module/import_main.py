# expect: accepted
# suite: sum2
# why: the module can find itself as __main__
import sys

sys.modules["__main__"].offset = 0
import __main__

a, b = map(int, input().split())
print(__main__.a + b + offset)
