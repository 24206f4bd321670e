#include "memory.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_BYTES (256 << 10) /* of memory without a name: less is not worth the call */

/* A line of proc_pid_maps(5). */
struct mapping {
    uintptr_t start, end, inode;
    char path[PATH_MAX];
};

static int parse(const char *line, struct mapping *mapping) {
    unsigned long start, end, inode;
    mapping->path[0] = 0;
    if (sscanf(line, "%lx-%lx %*s %*s %*s %lu %4095[^\n]", &start, &end, &inode, mapping->path) < 3)
        return 0;
    mapping->start = start;
    mapping->end = end;
    mapping->inode = inode;
    return 1;
}

static int holds_one(const struct mapping *mapping, const void *const *addresses, size_t count) {
    for (size_t i = 0; i < count; i++)
        if ((uintptr_t)addresses[i] >= mapping->start && (uintptr_t)addresses[i] < mapping->end)
            return 1;
    return 0;
}

/* Whether a child runs code of this file: ours, and the C library's with its linker, by the names that glibc and musl
 * give them. */
static int is_needed_file(const struct mapping *mapping) {
    static const char *const names[] = {"_native.", "libc.", "libc-", "ld-", "ld.", "libpthread"};
    const char *slash = strrchr(mapping->path, '/'), *name = slash ? slash + 1 : mapping->path;
    for (size_t i = 0; mapping->inode && i < sizeof names / sizeof *names; i++)
        if (!strncmp(name, names[i], strlen(names[i])))
            return 1;
    return 0;
}

/* The variables of a file lie right behind it, and may be one mapping with what the interpreter has there. */
static int is_of_interpreter(const struct mapping *mapping, const struct mapping *before) {
    if (mapping->inode)
        return !is_needed_file(mapping);
    int are_variables = is_needed_file(before) && before->end == mapping->start;
    return !mapping->path[0] && mapping->end - mapping->start >= LARGE_BYTES && !are_variables;
}

static void advise_on(const struct mapping *mapping, int advice) {
    madvise((void *)mapping->start, mapping->end - mapping->start, advice);
}

void keep_interpreter(const void *const *addresses, size_t count) {
    char line[PATH_MAX + 128];
    void *sample = malloc(1);
    const void *const ours[] = {&errno, sample}; /* the thread's own variables, and malloc's */
    struct mapping mapping, before = {0};
    FILE *mappings = fopen("/proc/self/maps", "re");
    while (mappings && fgets(line, sizeof line, mappings)) {
        if (!parse(line, &mapping))
            continue;
        if (is_of_interpreter(&mapping, &before) && !holds_one(&mapping, ours, 2) &&
            !holds_one(&mapping, addresses, count))
            advise_on(&mapping, MADV_DONTFORK);
        before = mapping;
    }
    if (mappings)
        fclose(mappings);
    free(sample);
}

void give_interpreter(void) {
    char line[PATH_MAX + 128];
    struct mapping mapping;
    FILE *mappings = fopen("/proc/self/maps", "re");
    while (mappings && fgets(line, sizeof line, mappings))
        if (parse(line, &mapping))
            advise_on(&mapping, MADV_DOFORK);
    if (mappings)
        fclose(mappings);
}
