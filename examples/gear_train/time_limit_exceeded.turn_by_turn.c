#include <stdio.h>

int main(void) {
    int n;
    long long teeth[20];
    scanf("%d", &n);
    for (int i = 0; i < n; ++i) {
        scanf("%lld", &teeth[i]);
    }
    long long turns = 0;
    int aligned = 0;
    while (!aligned) {
        ++turns;
        aligned = 1;
        for (int i = 1; i < n; ++i) {
            if (turns * teeth[0] % teeth[i] != 0) {
                aligned = 0;
            }
        }
    }
    printf("%lld\n", turns);
    return 0;
}
