#include <stdio.h>

int main(void) {
    int legs;
    scanf("%d", &legs);
    double distance = 0, hours = 0;
    for (int i = 0; i < legs; ++i) {
        double km, speed;
        scanf("%lf %lf", &km, &speed);
        total_distance += km;
        hours += km / speed;
    }
    printf("%.9f\n", distance > 0 ? distance / hours : 0.0);
    return 0;
}
