class Solution:
    def typicalOffset(self, offsets):
        if not offsets:
            return 0
        return int(sum(offsets) / len(offsets))
