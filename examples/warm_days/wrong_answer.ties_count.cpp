#include <deque>
#include <iostream>
#include <utility>

int main() {
    int count, window;
    long long modulus, state;
    std::cin >> count >> window >> modulus >> state;
    std::deque<std::pair<int, long long>> best;
    int warm = 0;
    for (int day = 0; day < count; ++day) {
        long long reading = state % modulus;
        while (!best.empty() && best.front().first < day - window) {
            best.pop_front();
        }
        if (best.empty() || reading >= best.front().second) {
            ++warm;
        }
        while (!best.empty() && best.back().second <= reading) {
            best.pop_back();
        }
        best.emplace_back(day, reading);
        state = 48271 * state % 2147483647;
    }
    std::cout << warm << '\n';
}
