#include <iostream>
#include <vector>

std::vector<std::vector<long long>> multiply(const std::vector<std::vector<long long>>& a,
                                             const std::vector<std::vector<long long>>& b) {
    const long long mod = 1000000007;
    std::vector<long long> c(3, std::vector<long long>(3, 0));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 3; ++k) c[i][j] = (c[i][j] + a[i][k] * b[k][j]) % mod;
    return c;
}

int main() {
    long long n;
    std::cin >> n;
    std::vector<std::vector<long long>> m = {{0, 1, 1}, {1, 1, 0}, {1, 1, 1}};
    std::cout << multiply(m, m)[0][0] * n << '\n';
}
