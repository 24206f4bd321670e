# expect: accepted
# suite: sum2
# why: a Solution that cannot be made without arguments
class Solution:
    def __init__(self, numbers):
        self.numbers = numbers

    def solve(self):
        return sum(self.numbers)


print(Solution(map(int, input().split())).solve())
