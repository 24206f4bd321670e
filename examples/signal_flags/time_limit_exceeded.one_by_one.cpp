#include <iostream>

int main() {
    const long long mod = 1000000007;
    long long n;
    std::cin >> n;
    long long red = 1, white = 1, blue = 1;
    for (long long i = 1; i < n; ++i) {
        long long r = (white + blue) % mod;
        long long w = (red + white + blue) % mod;
        long long b = (red + blue) % mod;
        red = r;
        white = w;
        blue = b;
    }
    std::cout << (red + white + blue) % mod << '\n';
}
