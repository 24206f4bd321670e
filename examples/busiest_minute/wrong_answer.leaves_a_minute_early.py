class Solution:
    def busiestMinute(self, visits):
        events = []
        for first, last in visits:
            events.append((first, 1))
            events.append((last, -1))
        events.sort()
        best, answer, now = 0, -1, 0
        for minute, change in events:
            now += change
            if now > best:
                best, answer = now, minute
        return answer
