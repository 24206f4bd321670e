#include <stdio.h>

static long long gcd(long long a, long long b) {
    while (b != 0) {
        long long rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int main(void) {
    int gears;
    long long first;
    if (scanf("%d %lld", &gears, &first) != 2) {
        return 1;
    }
    long long common = first;
    for (int i = 1; i < gears; ++i) {
        long long teeth;
        if (scanf("%lld", &teeth) != 1) {
            return 1;
        }
        common = common / gcd(common, teeth) * teeth;
    }
    printf("%lld\n", common / first);
    return 0;
}
