#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int n, fee;
    std::cin >> n >> fee;
    std::vector<int> values(n);
    for (int& value : values) {
        std::cin >> value;
    }
    const int smallest = *std::min_element(values.begin(), values.end());
    const int size = fee + smallest;
    const long long never = 1LL << 40;
    // dp[i][t]: the fewest stamps of the first i kinds that are worth t
    std::vector<std::vector<long long>> dp;
    dp.emplace_back(size, never);
    dp[0][0] = 0;
    for (int i = 1; i <= n; ++i) {
        dp.push_back(dp[i - 1]);
        for (int t = values[i - 1]; t < size; ++t) {
            dp[i][t] = std::min(dp[i - 1][t], dp[i][t - values[i - 1]] + 1);
        }
    }
    int total = fee;
    while (dp[n][total] >= never) {
        ++total;
    }
    std::cout << total << ' ' << dp[n][total] << '\n';
}
