# expect: wrong_answer
# suite: many_calls
# why: answers by the number of the call, in a class attribute
class Solution:
    calls = 0

    def cube(self, n):
        Solution.calls += 1
        return Solution.calls**3
