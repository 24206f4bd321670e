class Solution:
    def halfwayStop(self, lengths):
        total = sum(lengths)
        driven = 0
        for i in range(len(lengths)):
            driven += lengths[i]
            if driven * 2 > total:
                return i
        return len(lengths) - 1
