/* A slot's jail as its processes know it, and a child's way into it. */

#pragma once

#include "io.h"
#include "pages.h"

#include <limits.h>
#include <linux/filter.h>
#include <sys/resource.h>

#define MAX_GROUPS 8
#define MAX_OPTIONS_BYTES 256

/* Set once, by Python, before the first fork. Descriptors are -1, and so is the user, where there is none. */
struct jail {
    int control, requests, ruleset, last_pid;
    int uid, limit_processes, only_executables, group_count, groups[MAX_GROUPS];
    char *const *environment;
    unsigned long long box_bytes;
    struct sock_fprog filter;
    char mount_options[MAX_OPTIONS_BYTES], box[PATH_MAX];
    struct pages *noted, pages; /* what a rehearsal notes, until it has; what each child touches */
};

/* Say something to the owner over the requests' socket. */
void tell_owner(const struct jail *jail, const void *message, size_t size);

/* Tell the owner what failed, and end this process. */
_Noreturn void give_up(const struct jail *jail, enum word word, const char *what, int number);

/* Give up by errno where ``result`` is -1. */
void must(const struct jail *jail, long result, const char *what);

/* Set soft and hard limit to a value, or to the hard limit where that is lower already. */
void lower(const struct jail *jail, int limit, rlim_t value);

/* Everything about the jail that does not depend on the program: run.py, _enter. */
void enter(const struct jail *jail);
