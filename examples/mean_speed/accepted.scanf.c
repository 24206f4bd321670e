#include <stdio.h>

int main(void) {
    int legs;
    if (scanf("%d", &legs) != 1) {
        return 1;
    }
    double distance = 0, hours = 0;
    while (legs-- > 0) {
        double km, speed;
        if (scanf("%lf %lf", &km, &speed) != 2) {
            return 1;
        }
        distance += km;
        hours += km / speed;
    }
    printf("%.9f\n", distance > 0 ? distance / hours : 0.0);
    return 0;
}
