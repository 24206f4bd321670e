# expect: runtime_error
# suite: add
# why: SystemExit out of the function, with the right answer in it
class Solution:
    def add(self, a, b):
        raise SystemExit(a + b)
