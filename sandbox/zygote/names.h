/* The entries of builtins, sys and sys.modules: as the interpreter held them before its first program, and changes. */

#pragma once

#include "interpreter.h"
#include "protocol.h"

#include <stdint.h>

/* The third and the fourth are sys.modules without and with the modules of ours. */
enum dictionary { BUILTINS, SYS, MODULES, WITH_OURS, DICTIONARIES };

struct names {
    const struct python_refs *py;
    struct snapshot {
        PyObject *dict, *keys, *values; /* in order */
        uint64_t version;               /* when all was as it is kept; 0: not known */
    } snapshot[DICTIONARIES];
    enum dictionary modules; /* that of sys.modules which holds now */
    int has_versions;
    PyObject *set_anew[NAMES_SET_ANEW_COUNT + 1]; /* names of sys that each test has anew */
};

/* Keep what is there now. Returns 0, with an exception set, where that fails. */
int keep_names(struct names *names);

/* Keep the modules that are there now: they are always there. */
int keep_modules(struct names *names);

/* Copies of what builtins, sys and sys.modules held, for those who put it back. */
PyObject *read_names(const struct names *names);

/* Let a program that is one of our modules find them all. */
void show_own_modules(struct names *names);

/* Set a name that each test has anew, in sys or sys.modules. Returns 0, or -1 with an exception set. */
int set_anew(struct names *names, PyObject *dict, PyObject *name, PyObject *value);

/* Put back names that hold something else. Returns whether all are as they were. */
int restore_names(struct names *names);
