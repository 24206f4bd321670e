/* What a process has before its first test, and cannot be put back: threads, children, descriptors, signal handlers,
 * limits, files. Where a test changes it, the process ends. */

#pragma once

#include "interpreter.h"
#include "io.h"

#include <stdint.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/time.h>

/* Descriptors out of the way of programs. */
enum {
    EMPTY_STDIN = 200, /* what the standard input is between tests */
    TASKS,
    DESCRIPTORS,
    DIRECTORY /* where programs start */
};

#define MAX_SIGNAL 64
#define LIMITS 7
#define TIMERS 3

struct baseline {
    const char *box;
    char *cwd;
    struct process {
        int64_t children, threads, descriptors, streams[4], environment;
        struct itimerval timers[TIMERS];
        struct rlimit limits[LIMITS];
    } process;
    struct signals {
        void *handlers[MAX_SIGNAL + 1], *interrupt;
    } signals; /* as they are for every program */
    struct statvfs space;
    uint64_t names;
};

/* The signals' handlers as they are now: noted once, before the first fork. */
struct signals look_at_signals(const struct python_refs *py);

/* Close what is not needed but for a socket, and open what is looked at after each test. Returns 0 where that fails. */
int open_views(const struct baseline *baseline, int socket);

/* Note the process as it is now, but for files whose names end ``collect`` by NULL: they may come and go. */
void note_process(struct baseline *baseline, char *const *collect);

/* Note which files the standard output and the messages go to. */
void note_streams(struct process *process);

/* Whether there is nothing that could not be put back. */
int is_unchanged(struct baseline *baseline, const struct python_refs *py, char *const *collect);
