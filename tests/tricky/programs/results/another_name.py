# expect: runtime_error, wrong_answer, compile_error
# suite: add
# why: the function has another name
class Solution:
    def plus(self, a, b):
        return a + b
