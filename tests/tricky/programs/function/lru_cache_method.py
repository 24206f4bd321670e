# expect: accepted
# suite: fib
# why: a cached method that calls itself
from functools import lru_cache


class Solution:
    @lru_cache(maxsize=None)
    def fib(self, n):
        return n if n < 2 else self.fib(n - 1) + self.fib(n - 2)
