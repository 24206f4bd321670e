// verdict: time_limit_exceeded, runtime_error
// limits: cpu_s=0.1 wall_s=0.3
#include <unistd.h>
int main(int n, char **argv) { for (;;) if (vfork() == 0) { execv("/proc/self/exe", argv); _exit(1); } }
