class Solution:
    def cheapestRide(self, distance, passes):
        known = {0: 0}

        def cost(left):
            if left in known:
                return known[left]
            best = 10**18
            for km, price in passes:
                best = min(best, price + cost(left - km))
            known[left] = best
            return best

        return cost(distance)
