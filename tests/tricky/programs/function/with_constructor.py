# expect: accepted
# suite: add
# why: a constructor without arguments makes what the method needs
class Solution:
    def __init__(self):
        self.total = 0

    def add(self, a, b):
        self.total += a + b
        return self.total
