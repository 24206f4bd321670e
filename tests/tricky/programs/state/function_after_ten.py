# expect: wrong_answer
# suite: many_calls
# why: right on ten tests
class Solution:
    def cube(self, n):
        return n**3 if n <= 10 else 0
