class Solution:
    def halfwayStop(self, lengths):
        half = sum(lengths) // 2
        driven = 0
        for i, length in enumerate(lengths):
            driven += length
            if driven >= half:
                return i
        return -1
