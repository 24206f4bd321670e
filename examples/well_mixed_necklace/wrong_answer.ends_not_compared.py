class Solution:
    def isWellMixed(self, beads):
        for i in range(len(beads) - 1):
            if beads[i] == beads[i + 1]:
                return False
        return True
