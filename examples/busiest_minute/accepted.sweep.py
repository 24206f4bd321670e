class Solution:
    def busiestMinute(self, visits: list[list[int]]) -> int:
        changes = sorted([(first, 1) for first, _ in visits] + [(last + 1, -1) for _, last in visits])
        best_minute, best_count, count = -1, 0, 0
        for minute, change in changes:
            count += change
            if count > best_count:
                best_minute, best_count = minute, count
        return best_minute
