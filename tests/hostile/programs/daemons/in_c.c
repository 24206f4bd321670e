// says: left
#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (fork() == 0) {
        if (daemon(0, 0) == 0 && fork() == 0) for (;;) pause();
        _exit(0);
    }
    puts("left");
}
