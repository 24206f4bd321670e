// verdict: memory_limit_exceeded, accepted
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
    void *p = mmap(0, 256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    puts(mlock(p, 256 << 20) ? "refused" : "locked 256 MiB");
}
