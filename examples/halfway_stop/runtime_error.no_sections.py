class Solution:
    def halfwayStop(self, lengths):
        total = sum(lengths)
        driven = lengths[0]
        i = 0
        while 2 * driven < total:
            i += 1
            driven += lengths[i]
        return i
