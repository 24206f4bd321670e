class Solution:
    def cheapestRide(self, distance, passes):
        if distance <= 0:
            return 0
        best = None
        for km, price in passes:
            total = price + self.cheapestRide(distance - km, passes)
            if best is None or total < best:
                best = total
        return best
