class Solution:
    def hopsToLeave(self, target):
        if not target:
            return 0
        hops, position, seen = 0, 0, {0}
        while True:
            position = target[position]
            if not 0 <= position < len(target):
                return hops
            if position in seen:
                return -1
            seen.add(position)
            hops += 1
