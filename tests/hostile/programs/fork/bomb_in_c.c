// verdict: time_limit_exceeded
// limits: cpu_s=0.1 wall_s=0.3
#include <unistd.h>
int main(void) { for (;;) { fork(); setsid(); } }
