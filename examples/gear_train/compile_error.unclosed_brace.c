#include <stdio.h>

static long long gcd(long long a, long long b) {
    while (b != 0) {
        long long rest = a % b;
        a = b;
        b = rest;
    return a;
}

int main(void) {
    int n;
    long long first;
    scanf("%d %lld", &n, &first);
    long long lcm = first;
    for (int i = 1; i < n; ++i) {
        long long t;
        scanf("%lld", &t);
        lcm = lcm / gcd(lcm, t) * t;
    }
    printf("%lld\n", lcm / first);
    return 0;
}
