/* A Python script run as the main program, up to where the interpreter would end the process: what python_main.py does.
 * Its rarer half is left to that. */

#pragma once

#include "streams.h"

struct scripts {
    const struct python_refs *py;
    struct names *names;
    struct streams *streams;
    PyObject *loader, *loader_attributes, *annotations; /* the last script's, for the next where they are as new */
};

struct script {
    PyObject *code, *path, *directory;
};

/* ``plain``: it left no threads to wait for and nothing to be called at exit. */
struct script_end {
    int status, plain;
};

/* Which objects of a script are destroyed when it is over: all garbage is looked for, or only where the script left
 * containers that had not been there, or none, where nobody would see it. */
enum destroy { DESTROY_ALL, DESTROY_NEW, DESTROY_NONE };

/* Run it. Returns 0 where we failed: what the script does never makes it fail. */
int run_script(struct scripts *scripts, const struct script *script, enum destroy destroy, struct script_end *end);
