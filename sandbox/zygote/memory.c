#include "memory.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_BYTES (256 << 10) /* of memory without a name: less may belong to the libraries' variables */

/* Whether a child runs code of this file: ours, and the C library's with its linker, by the names that glibc and musl
 * give them. */
static int is_needed(const char *path) {
    static const char *const names[] = {"_native.", "libc.", "libc-", "ld-", "ld.", "libpthread"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(name, names[i], strlen(names[i])))
            return 1;
    return 0;
}

/* Take apart a line of proc_pid_maps(5). */
static void keep_mapping(const char *line) {
    unsigned long start, end, inode;
    char path[PATH_MAX] = "";
    if (sscanf(line, "%lx-%lx %*s %*s %*s %lu %4095[^\n]", &start, &end, &inode, path) < 3)
        return;
    int is_of_library = inode != 0 && !is_needed(path), is_heap = inode == 0 && !*path && end - start >= LARGE_BYTES;
    if (is_of_library || is_heap)
        madvise((void *)start, end - start, MADV_DONTFORK);
}

void keep_interpreter(void) {
    char line[PATH_MAX + 128];
    FILE *mappings = fopen("/proc/self/maps", "re");
    while (mappings && fgets(line, sizeof line, mappings))
        keep_mapping(line);
    if (mappings)
        fclose(mappings);
}
