// verdict: output_limit_exceeded, runtime_error, memory_limit_exceeded
#include <fcntl.h>
#include <unistd.h>
int main(void) {
    static char block[1 << 20] = {1};
    int file = open("big", O_CREAT | O_WRONLY, 0600);
    while (write(file, block, sizeof block) > 0);
    return 1;
}
