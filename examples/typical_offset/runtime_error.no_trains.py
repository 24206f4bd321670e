class Solution:
    def typicalOffset(self, offsets):
        return sum(offsets) // len(offsets)
