class Solution:
    def turnBorder(self, grid, k):
        h, w = len(grid), len(grid[0])
        ring = [(0, x) for x in range(w - 1)] + [(y, w - 1) for y in range(h - 1)]
        ring += [(h - 1, x) for x in range(w - 1, 0, -1)] + [(y, 0) for y in range(h - 1, 0, -1)]
        values = [grid[y][x] for y, x in ring]
        for i, (y, x) in enumerate(ring):
            grid[y][x] = values[i - k]
        return grid
