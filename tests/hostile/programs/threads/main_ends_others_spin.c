// verdict: time_limit_exceeded
// limits: cpu_s=0.1
#include <pthread.h>
static void *spin(void *x) { for (volatile int i = 0;; i++); return x; }
int main(void) { pthread_t t; for (int i = 0; i < 4; i++) pthread_create(&t, 0, spin, 0); pthread_exit(0); }
