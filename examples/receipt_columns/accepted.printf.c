#include <stdio.h>

static void print_row(const char *name, long long cents) {
    char amount[32];
    snprintf(amount, sizeof amount, "%lld.%02lld", cents / 100, cents % 100);
    printf("%-20s%12s\n", name, amount);
}

int main(void) {
    int items;
    if (scanf("%d", &items) != 1) {
        return 1;
    }
    long long total = 0;
    for (int i = 0; i < items; ++i) {
        long long quantity, price;
        char name[64];
        if (scanf("%lld %lld %63[^\r\n]", &quantity, &price, name) != 3) {
            return 1;
        }
        total += quantity * price;
        print_row(name, quantity * price);
    }
    puts("--------------------------------");
    print_row("TOTAL", total);
    return 0;
}
