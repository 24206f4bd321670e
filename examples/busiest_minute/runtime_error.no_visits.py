class Solution:
    def busiestMinute(self, visits):
        starts = sorted(first for first, _ in visits)
        return max(starts, key=lambda minute: (sum(first <= minute <= last for first, last in visits), -minute))
