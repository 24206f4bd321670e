#include <iostream>
#include <queue>
#include <vector>

int main() {
    int size, step, start, goal;
    std::cin >> size >> step >> start >> goal;
    std::vector<int> presses(size, -1);
    std::queue<int> queue;
    presses[start] = 0;
    queue.push(start);
    while (!queue.empty()) {
        const int number = queue.front();
        queue.pop();
        for (const int following : {number * 2 % size, (number + step) % size}) {
            if (presses[following] < 0) {
                presses[following] = presses[number] + 1;
                queue.push(following);
            }
        }
    }
    std::cout << presses[goal] << '\n';
}
