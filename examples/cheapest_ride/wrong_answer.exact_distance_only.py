class Solution:
    def cheapestRide(self, distance, passes):
        dp = [0] + [10**18] * distance
        for d in range(1, distance + 1):
            for km, price in passes:
                if km <= d:
                    dp[d] = min(dp[d], dp[d - km] + price)
        return dp[distance] if dp[distance] < 10**18 else -1
