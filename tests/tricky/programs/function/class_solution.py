# expect: accepted
# suite: add
# why: the usual form
class Solution:
    def add(self, a: int, b: int) -> int:
        return a + b
