// says: refused
#include <errno.h>
#include <stdio.h>
#include <sys/msg.h>
int main(void) {
    int queue = msgget(0x5EED, IPC_CREAT | 0666);
    puts(queue < 0 && errno == EPERM && msgget(IPC_PRIVATE, 0600) < 0 ? "refused" : "a queue");
}
