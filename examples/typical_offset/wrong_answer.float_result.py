class Solution:
    def typicalOffset(self, offsets):
        if not offsets:
            return 0
        return sum(offsets) / len(offsets) // 1
