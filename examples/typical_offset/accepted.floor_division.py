class Solution:
    def typicalOffset(self, offsets: list[int]) -> int:
        return sum(offsets) // len(offsets) if offsets else 0
