class Solution:
    def cheapestRide(self, distance, passes):
        passes.sort(key=lambda p: p[1] / p[0])
        km, price = passes[0]
        total = distance // km * price
        rest = distance % km
        if rest:
            total += min(-(-rest // k) * p for k, p in passes)
        return total
