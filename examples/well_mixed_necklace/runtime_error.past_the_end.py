class Solution:
    def isWellMixed(self, beads):
        if len(beads) < 2:
            return True
        for i in range(len(beads)):
            if beads[i] == beads[i + 1]:
                return False
        return beads[0] != beads[-1]
