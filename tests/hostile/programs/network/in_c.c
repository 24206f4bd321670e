// says: refused
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {AF_INET, htons(@port@), {htonl(INADDR_LOOPBACK)}};
    puts(s < 0 && errno == EACCES && connect(s, (void *)&to, sizeof to) ? "refused" : "a socket");
}
