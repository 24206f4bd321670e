// says: refused
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    union sigval value = {.sival_int = 7};
    int parent = sigqueue(getppid(), SIGKILL, value) && (errno == EPERM || errno == ESRCH);
    int runner = sigqueue(@runner@, SIGKILL, value) && (errno == EPERM || errno == ESRCH);
    puts(parent && runner ? "refused" : "sent");
}
