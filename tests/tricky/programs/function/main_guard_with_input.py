# expect: accepted
# suite: add
# why: a function is asked for: the guarded main program does not run
class Solution:
    def add(self, a, b):
        return a + b


if __name__ == "__main__":
    print(Solution().add(*map(int, input().split())))
