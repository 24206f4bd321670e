# expect: accepted
# suite: add
# why: a static method is called the same way
class Solution:
    @staticmethod
    def add(a, b):
        return a + b
