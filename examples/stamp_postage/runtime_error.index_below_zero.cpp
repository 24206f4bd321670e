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
    std::vector<int> dp(fee + smallest, 1 << 30);
    dp.at(0) = 0;
    for (int total = 1; total < fee + smallest; ++total) {
        for (int value : values) {
            dp.at(total) = std::min(dp.at(total), dp.at(total - value) + 1);
        }
    }
    int total = fee;
    while (dp.at(total) >= 1 << 30) {
        ++total;
    }
    std::cout << total << ' ' << dp.at(total) << '\n';
}
