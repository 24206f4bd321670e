#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

int main() {
    std::map<std::string, int> totals;
    std::string name;
    int minutes;
    while (std::cin >> name >> minutes) {
        totals[name] += minutes;
    }
    std::vector<std::pair<std::string, int>> rows(totals.begin(), totals.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [person, total] : rows) {
        std::cout << person << ' ' << total << '\n';
    }
    if (rows.empty()) {
        std::cout << "nobody\n";
    }
}
