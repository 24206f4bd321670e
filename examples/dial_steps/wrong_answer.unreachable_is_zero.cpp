#include <iostream>
#include <queue>
#include <vector>

int main() {
    int m, s, a, b;
    std::cin >> m >> s >> a >> b;
    std::vector<int> dist(m, 0);
    std::vector<bool> seen(m, false);
    std::queue<int> q;
    seen[a] = true;
    q.push(a);
    while (!q.empty()) {
        int x = q.front();
        q.pop();
        for (int y : {x * 2 % m, (x + s) % m}) {
            if (!seen[y]) {
                seen[y] = true;
                dist[y] = dist[x] + 1;
                q.push(y);
            }
        }
    }
    std::cout << dist[b] << '\n';
}
