#include <array>
#include <iostream>

using Matrix = std::array<std::array<long long, 3>, 3>;
constexpr long long modulus = 1'000'000'007;

Matrix product(const Matrix& left, const Matrix& right) {
    Matrix result{};
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
            for (int k = 0; k < 3; ++k) {
                result[i][j] = (result[i][j] + left[i][k] * right[k][j]) % modulus;
            }
        }
    }
    return result;
}

int main() {
    long long flags;
    std::cin >> flags;
    Matrix base{{{0, 1, 1}, {1, 1, 0}, {1, 1, 1}}};
    Matrix result{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    for (long long exponent = flags - 1; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) {
            result = product(result, base);
        }
        base = product(base, base);
    }
    long long rows = 0;
    for (const auto& row : result) {
        for (const long long entry : row) {
            rows += entry;
        }
    }
    std::cout << rows % modulus << '\n';
}
