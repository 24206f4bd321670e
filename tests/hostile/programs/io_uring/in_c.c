// says: refused
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    char parameters[120] = {0};
    puts(syscall(425, 4, parameters) < 0 && errno == ENOSYS ? "refused" : "a ring");
}
