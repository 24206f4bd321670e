/* What a test changes in the interpreter and can be put back: streams, names of builtins and sys, settings. */

#pragma once

#include "streams.h"

struct settings {
    const struct python_refs *py;
    struct names *names;
    struct streams *streams;
    PyObject *argv, *search_path, *max_digits;
    int recursion_limit;
};

/* Do all of it many times before the first fork: what is done for the first time has the interpreter remember how, in
 * pages that a child would have to copy. Returns 0 where that fails. */
int rehearse_restoring(struct settings *settings);

/* Put the interpreter back as it was, its standard input and working directory too: descriptors of those that it is to
 * have. Returns 0 where that fails. */
int restore(struct settings *settings, int empty_stdin, int directory);
