# expect: accepted
# suite: add
# why: what it prints is not its result
print("loading")


class Solution:
    def add(self, a, b):
        print("debug", a, b)
        return a + b
