// verdict: time_limit_exceeded
// limits: cpu_s=0.4 wall_s=60
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct sigaction leave = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
    sigaction(SIGCHLD, &leave, NULL);
    for (int i = 0; i < 500; i++) {
        if (fork() == 0) {
            while (clock() < CLOCKS_PER_SEC / 250)
                ;
            _exit(0);
        }
        wait(NULL);
    }
    puts("refused");
}
