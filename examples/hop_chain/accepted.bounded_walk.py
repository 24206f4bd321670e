class Solution:
    def hopsToLeave(self, target: list[int]) -> int:
        position = 0
        for hops in range(len(target) + 1):
            if not 0 <= position < len(target):
                return hops
            position = target[position]
        return -1
