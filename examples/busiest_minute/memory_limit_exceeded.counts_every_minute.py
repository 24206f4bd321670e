from collections import Counter


class Solution:
    def busiestMinute(self, visits):
        minutes = [minute for first, last in visits for minute in range(first, last + 1)]
        if not minutes:
            return -1
        count = Counter(minutes)
        most = max(count.values())
        return min(minute for minute in count if count[minute] == most)
