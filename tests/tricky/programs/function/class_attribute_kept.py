# expect: accepted
# suite: add
# why: each test is a process of its own, as the mode says, so nothing is left of the test before
class Solution:
    parts = []

    def add(self, a, b):
        self.parts += [a, b]
        return sum(self.parts)
