// says: clean
// The environment a process was started with lies above its stack; the warm interpreter's must not hold secrets either.
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments, char **environment) {
    for (; *environment; environment++) if (strstr(*environment, "SECRET")) puts(*environment);
    puts("clean");
}
