// verdict: memory_limit_exceeded
// A process whose first thread has ended shows as dead, though its other threads go on.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void *take(void *x) { for (int i = 0; i < 400; i++) memset(malloc(1 << 20), 1, 1 << 20); sleep(50); _exit(0); return x; }
int main(void) { pthread_t t; pthread_create(&t, 0, take, 0); pthread_exit(0); }
