# expect: accepted
# suite: sum2
# why: a whole program that happens to have a class Solution
class Solution:
    def solve(self, a: int, b: int) -> int:
        return a + b


print(Solution().solve(*map(int, input().split())))
