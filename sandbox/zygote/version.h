/* A dictionary's version: a number that CPython replaces by a greater one than any dictionary had whenever that
 * dictionary changes (PEP 509). Nobody promises where it lies, or that it is there, so that is tried out; where it is
 * not as it was from 3.11 to 3.13, no dictionary has a version. */

#pragma once

#include "interpreter.h"

#include <stdint.h>

/* Try it, once, before any program runs. */
int dictionaries_have_versions(void);

/* Never 0. Only where dictionaries have versions. */
uint64_t version_at(PyObject *dict);
