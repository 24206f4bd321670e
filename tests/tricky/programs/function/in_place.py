# expect: accepted
# suite: reverse
# why: the answer is the argument after the call
class Solution:
    def reverse(self, items: List[int]) -> None:
        items[:] = items[::-1]
