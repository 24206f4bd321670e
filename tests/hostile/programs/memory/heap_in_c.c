// verdict: memory_limit_exceeded
#include <stdlib.h>
#include <string.h>
int main(void) { for (char *p; (p = malloc(1 << 20));) memset(p, 1, 1 << 20); }
