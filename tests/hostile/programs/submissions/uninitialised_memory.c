// says: nothing
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    size_t size = 32 << 20;
    char *p = malloc(size);
    puts(memmem(p, size, "@half@", 16) ? "found" : "nothing");
}
