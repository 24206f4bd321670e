# expect: runtime_error
# suite: add
# why: the same, past every handler
import os


class Solution:
    def add(self, a, b):
        os._exit(0)
