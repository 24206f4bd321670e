# expect: accepted
# suite: depth
# why: recursion through a C function: the real stack is used
import functools
import sys

sys.setrecursionlimit(10**6)


@functools.lru_cache(maxsize=None)
def total(n):
    return n and n + total(n - 1)


print(total(int(input())))
