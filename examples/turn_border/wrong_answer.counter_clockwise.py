class Solution:
    def turnBorder(self, grid, k):
        h, w = len(grid), len(grid[0])
        ring = [(0, x) for x in range(w - 1)] + [(y, w - 1) for y in range(h - 1)]
        ring += [(h - 1, x) for x in range(w - 1, 0, -1)] + [(y, 0) for y in range(h - 1, 0, -1)]
        values = [grid[y][x] for y, x in ring]
        k %= len(values)
        values = values[k:] + values[:k]
        for (y, x), value in zip(ring, values):
            grid[y][x] = value
        return grid
