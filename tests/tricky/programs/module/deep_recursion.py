# expect: accepted
# suite: depth
# why: recursion in the main thread, after the limit was raised
import sys

sys.setrecursionlimit(10**6)


def total(n):
    return n and n + total(n - 1)


print(total(int(input())))
