#include <assert.h>
#include <stdio.h>

static long long gcd(long long a, long long b) {
    return b == 0 ? a : gcd(b, a % b);
}

int main(void) {
    int n;
    scanf("%d", &n);
    assert(n >= 2);
    long long first, lcm;
    scanf("%lld", &first);
    lcm = first;
    for (int i = 1; i < n; ++i) {
        long long t;
        scanf("%lld", &t);
        lcm = lcm / gcd(lcm, t) * t;
    }
    printf("%lld\n", lcm / first);
    return 0;
}
