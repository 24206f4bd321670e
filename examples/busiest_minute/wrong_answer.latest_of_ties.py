class Solution:
    def busiestMinute(self, visits):
        best, answer = 0, -1
        for minute in sorted(first for first, _ in visits):
            here = sum(first <= minute <= last for first, last in visits)
            if here >= best:
                best, answer = here, minute
        return answer
