// verdict: time_limit_exceeded
// limits: cpu_s=0.4 wall_s=60
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void *spin(void *argument) {
    for (;;)
        ;
}

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 10; i++) {
        int ends[2];
        char byte;
        pipe(ends);
        pid_t child = fork();
        if (child == 0) {
            pthread_t threads[3];
            for (int thread = 0; thread < 3; thread++)
                pthread_create(&threads[thread], NULL, spin, NULL);
            while (clock() < CLOCKS_PER_SEC / 5)
                ;
            write(ends[1], "x", 1);
            pause();
        }
        read(ends[0], &byte, 1);
        kill(child, SIGKILL);
        wait(NULL);
        close(ends[0]);
        close(ends[1]);
    }
    puts("refused");
}
