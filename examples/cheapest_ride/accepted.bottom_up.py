class Solution:
    def cheapestRide(self, distance: int, passes: list[list[int]]) -> int:
        cheapest = [0]
        for km in range(1, distance + 1):
            cheapest.append(min(price + cheapest[max(0, km - covered)] for covered, price in passes))
        return cheapest[distance]
