// verdict: time_limit_exceeded
// limits: wall_s=0.2
#include <signal.h>
#include <unistd.h>
int main(void) { sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0); for (;;) pause(); }
