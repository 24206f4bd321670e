#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int kinds, fee;
    std::cin >> kinds >> fee;
    std::vector<int> values(kinds);
    for (int& value : values) {
        std::cin >> value;
    }
    // Some multiple of the smallest value lies in the first `smallest` totals from the fee on.
    const int smallest = *std::min_element(values.begin(), values.end());
    const int never = 1 << 30;
    std::vector<int> stamps(fee + smallest, never);
    stamps[0] = 0;
    for (const int value : values) {
        for (int total = value; total < static_cast<int>(stamps.size()); ++total) {
            stamps[total] = std::min(stamps[total], stamps[total - value] + 1);
        }
    }
    int total = fee;
    while (stamps[total] >= never) {
        ++total;
    }
    std::cout << total << ' ' << stamps[total] << '\n';
}
