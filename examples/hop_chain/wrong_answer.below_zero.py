class Solution:
    def hopsToLeave(self, target):
        seen = set()
        position = 0
        while position < len(target):
            if position in seen:
                return -1
            seen.add(position)
            position = target[position]
        return len(seen)
