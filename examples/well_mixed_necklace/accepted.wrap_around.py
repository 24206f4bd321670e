class Solution:
    def isWellMixed(self, beads: str) -> bool:
        return len(beads) < 2 or all(bead != beads[i - 1] for i, bead in enumerate(beads))
