#define _GNU_SOURCE
#include "pages.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES 4096
#define PAGES_BETWEEN_LOOKS 16
/* Of an entry of /proc/self/pagemap (pagemap.rst in the kernel's documentation). */
#define IS_MAPPED_ONCE (1ULL << 56)
#define IS_OF_FILE (1ULL << 61)
#define IS_PRESENT (1ULL << 63)

struct pages *share_pages(void) {
    struct pages *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? NULL : shared;
}

void end_sharing(struct pages *shared) {
    munmap(shared, sizeof *shared);
}

static int is_own(int pagemap, uintptr_t start) {
    uint64_t entry;
    if (pread(pagemap, &entry, sizeof entry, start / PAGE_BYTES * sizeof entry) != sizeof entry)
        return 0;
    return entry & IS_PRESENT && entry & IS_MAPPED_ONCE && !(entry & IS_OF_FILE);
}

void note_pages(struct pages *shared) {
    FILE *mappings = fopen("/proc/self/maps", "re");
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    unsigned long start, end;
    char rights[5];
    while (mappings && fscanf(mappings, "%lx-%lx %4s%*[^\n]", &start, &end, rights) == 3)
        for (; rights[1] == 'w' && rights[3] == 'p' && start < end; start += PAGE_BYTES)
            if (shared->count < MAX_PAGES && is_own(pagemap, start))
                shared->starts[shared->count++] = start;
    shared->is_complete = 1;
}

void keep_pages(struct pages *pages, const struct pages *shared) {
    for (uint32_t i = 0; i < shared->count && i < MAX_PAGES; i++) {
        unsigned char is_resident;
        if (mincore((void *)shared->starts[i], PAGE_BYTES, &is_resident) == 0)
            pages->starts[pages->count++] = shared->starts[i];
    }
}

static int has_request(int requests) {
    struct pollfd request = {requests, POLLIN, 0};
    return poll(&request, 1, 0) != 0;
}

void touch_pages(const struct pages *pages, int requests) {
    for (uint32_t i = 0; i < pages->count; i++) {
        if (i % PAGES_BETWEEN_LOOKS == 0 && has_request(requests))
            return;
        volatile char *start = (char *)pages->starts[i];
        *start = *start;
    }
}
