/* A child of the zygote between its fork and its program, without touching an object of the interpreter for as long as
 * it waits: the first touch of each copies a page from the parent, and 500 pages are more time than most programs take.
 * run.py says the same in Python, for where this was not built; both are tested alike. */

#pragma once

#include "batch.h"
#include "jail.h"

/* A program of Python's that is to run now, all about its process made ready. Strings follow one another, each with a
 * zero byte behind it. Without a source the first of the command line names a module of ours. */
struct program {
    uint32_t argc, collect_count;
    const char *argv, *collect, *source;
    uint64_t source_size;
    int session; /* the socket to ask for more tests, or -1 */
    int is_rehearsal;
};

/* Wait for a request and take it. A program that is none of Python's starts. */
struct program take_program(const struct jail *jail);

/* Become it. ``session`` is used where the program has one. */
_Noreturn void become(const struct jail *jail, struct session *session, const struct program *program);
