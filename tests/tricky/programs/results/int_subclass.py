# expect: wrong_answer
# suite: add
# why: an int that says equal and hides its value
class Number(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


class Solution:
    def add(self, a, b):
        return Number(0)
