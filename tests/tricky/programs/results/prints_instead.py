# expect: wrong_answer
# suite: add
# why: it prints the right number and returns nothing
class Solution:
    def add(self, a, b):
        print(a + b)
