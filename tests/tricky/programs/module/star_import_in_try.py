# expect: accepted
# suite: sum2
# why: a star import in a block, legal at module level only
try:
    from operator import *
except ImportError:
    pass
print(add(*map(int, input().split())))
