class Solution:
    def busiestMinute(self, visits):
        count = {}
        for first, last in visits:
            for minute in range(first, last + 1):
                count[minute] = count.get(minute, 0) + 1
        if not count:
            return -1
        most = max(count.values())
        return min(minute for minute in count if count[minute] == most)
