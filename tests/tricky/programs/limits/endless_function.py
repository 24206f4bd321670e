# expect: time_limit_exceeded
# suite: add_short
# why: the function answers one test, and hangs on another
class Solution:
    def add(self, a, b):
        while a < 0:
            pass
        return a + b
