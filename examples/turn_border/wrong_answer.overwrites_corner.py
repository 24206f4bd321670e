class Solution:
    def turnBorder(self, grid, k):
        h, w = len(grid), len(grid[0])
        for _ in range(k % (2 * (h + w) - 4)):
            corner = grid[0][0]
            for y in range(h - 1):
                grid[y][0] = grid[y + 1][0]
            for x in range(w - 1):
                grid[h - 1][x] = grid[h - 1][x + 1]
            for y in range(h - 1, 0, -1):
                grid[y][w - 1] = grid[y - 1][w - 1]
            for x in range(w - 1, 0, -1):
                grid[0][x] = grid[0][x - 1]
            grid[0][0] = corner
        return grid
