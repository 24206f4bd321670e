class Solution:
    def isWellMixed(self, beads):
        n = len(beads)
        if n < 2:
            return 1
        for i in range(n):
            if beads[i] == beads[i - 1]:
                return 0
        return 1
