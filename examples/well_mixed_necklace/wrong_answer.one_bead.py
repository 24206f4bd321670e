class Solution:
    def isWellMixed(self, beads):
        return all(beads[i] != beads[(i + 1) % len(beads)] for i in range(len(beads)))
