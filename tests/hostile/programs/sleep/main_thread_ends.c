// verdict: time_limit_exceeded
// limits: wall_s=0.2
#include <pthread.h>
#include <unistd.h>
static void *wait(void *x) { for (;;) pause(); return x; }
int main(void) { pthread_t t; pthread_create(&t, 0, wait, 0); pthread_exit(0); }
