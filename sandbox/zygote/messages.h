/* What the owner sends to a child that waits, as request.py writes it. */

#pragma once

#include "protocol.h"

#include <stddef.h>
#include <stdint.h>

/* The next of some files. */
struct files {
    const char *sizes, *name, *contents;
    uint32_t count;
};
struct file {
    const char *name, *contents;
    uint64_t size;
};
struct file next_file(struct files *files);

/* A program. Strings follow one another, each with a zero byte behind it. */
struct request {
    struct program_record program;
    char *argv, *environment;
    const char *collect;
    struct files files;
};

/* The next of some tests: its input and files are the first of those that are left. */
struct batch {
    const char *tests;
    struct files files;
    uint32_t count;
    uint64_t turn_ns;
};
struct input {
    const char *contents;
    uint64_t size;
    uint32_t files;
};
struct input next_input(struct batch *batch);

/* Take a message apart. All that it says of lengths and numbers is compared with its size first: what ``next_input``
 * and ``next_file`` give, as often as there is one, lies within it, and so do the strings. Return 0 where the message
 * says more or less than it holds. */
int read_request(char *data, size_t size, struct request *request);
int read_batch(const char *data, size_t size, struct batch *batch);
