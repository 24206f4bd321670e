#include <stdio.h>

int main(void) {
    int legs;
    scanf("%d", &legs);
    int distance = 0;
    double hours = 0;
    for (int i = 0; i < legs; ++i) {
        int km, speed;
        scanf("%d %d", &km, &speed);
        distance += km;
        hours += km / speed;
    }
    printf("%.9f\n", distance > 0 ? distance / hours : 0.0);
    return 0;
}
