#include <cstdint>
#include <iostream>
#include <vector>

typedef std::vector<std::vector<uint32_t>> Matrix;
const uint32_t MOD = 1000000007;

Matrix multiply(const Matrix& a, const Matrix& b) {
    Matrix c(3, std::vector<uint32_t>(3, 0));
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++) c[i][j] = (c[i][j] + a[i][k] * b[k][j]) % MOD;
    return c;
}

int main() {
    long long n;
    std::cin >> n;
    Matrix base = {{0, 1, 1}, {1, 1, 0}, {1, 1, 1}};
    Matrix result = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (long long e = n - 1; e > 0; e >>= 1) {
        if (e & 1) result = multiply(result, base);
        base = multiply(base, base);
    }
    uint32_t total = 0;
    for (auto& row : result)
        for (uint32_t x : row) total = (total + x) % MOD;
    std::cout << total << std::endl;
}
