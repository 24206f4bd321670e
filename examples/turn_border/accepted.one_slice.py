class Solution:
    def turnBorder(self, grid: list[list[int]], k: int) -> list[list[int]]:
        bottom, right = len(grid) - 1, len(grid[0]) - 1
        ring = [(0, x) for x in range(right)]
        ring += [(y, right) for y in range(bottom)]
        ring += [(bottom, x) for x in range(right, 0, -1)]
        ring += [(y, 0) for y in range(bottom, 0, -1)]
        turned = [row[:] for row in grid]
        for i, (y, x) in enumerate(ring):
            from_y, from_x = ring[(i - k) % len(ring)]
            turned[y][x] = grid[from_y][from_x]
        return turned
