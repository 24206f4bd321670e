#include <iostream>
#include <queue>

struct State {
    long long number;
    long long presses;
    long long previous;
};

int main() {
    long long m, s, a, b;
    std::cin >> m >> s >> a >> b;
    std::queue<State> queue;
    queue.push({a, 0, -1});
    while (!queue.empty()) {
        State state = queue.front();
        queue.pop();
        if (state.number == b) {
            std::cout << state.presses << '\n';
            return 0;
        }
        queue.push({state.number * 2 % m, state.presses + 1, state.number});
        queue.push({(state.number + s) % m, state.presses + 1, state.number});
    }
    std::cout << -1 << '\n';
}
