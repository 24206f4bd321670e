// verdict: time_limit_exceeded
// limits: cpu_s=0.1
#include <pthread.h>
static void *spin(void *x) { for (volatile int i = 0;; i = i + 1); return x; }
int main() { pthread_t t; for (int i = 0; i < 6; i++) pthread_create(&t, nullptr, spin, nullptr); pthread_join(t, nullptr); }
