#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int n, fee;
    std::cin >> n >> fee;
    std::vector<int> dp(fee + 1, 1000000000);
    dp[0] = 0;
    for (int i = 0; i < n; ++i) {
        int value;
        std::cin >> value;
        for (int total = value; total <= fee; ++total) {
            dp[total] = std::min(dp[total], dp[total - value] + 1);
        }
    }
    std::cout << fee << ' ' << dp[fee] << '\n';
}
