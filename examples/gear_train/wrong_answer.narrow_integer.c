#include <stdio.h>

static unsigned gcd(unsigned a, unsigned b) {
    return b == 0 ? a : gcd(b, a % b);
}

int main(void) {
    int n;
    unsigned first;
    scanf("%d %u", &n, &first);
    unsigned lcm = first;
    for (int i = 1; i < n; ++i) {
        unsigned t;
        scanf("%u", &t);
        lcm = lcm / gcd(lcm, t) * t;
    }
    printf("%u\n", lcm / first);
    return 0;
}
