#include <iostream>
#include <vector>

int main() {
    int count, window;
    long long modulus, state;
    std::cin >> count >> window >> modulus >> state;
    std::vector<long long> readings;
    std::vector<int> stack;  // days whose readings fall; the top after popping is the last day that was as warm
    int warm = 0;
    for (int day = 0; day < count; ++day) {
        readings.push_back(state % modulus);
        while (!stack.empty() && readings[stack.back()] < readings[day]) {
            stack.pop_back();
        }
        if (stack.empty() || stack.back() < day - window) {
            ++warm;
        }
        stack.push_back(day);
        state = 48271 * state % 2147483647;
    }
    std::cout << warm << '\n';
}
