/* Several tests of one Python program in one process.
 *
 * The first test is as in a process of its own. After it, and after each batch, the process must be as it was found:
 * what can be put back is put back after each test (restore.h), and anything else that differs ends the process
 * (baseline.h). What a program changes inside the library's modules is not seen; docs/grading.md says why verdicts do
 * not depend on it. */

#pragma once

#include "baseline.h"
#include "restore.h"
#include "script.h"

struct session {
    const struct python_refs *py;
    struct scripts *scripts;
    struct settings settings;
    struct baseline baseline;
    int socket;     /* the session's; set by whoever runs it, like the next one */
    char **collect; /* names of the files to be collected, and NULL */
    struct progress_record *progress;
};

/* Run the program once, then again for each test that comes over the socket, until that is closed. */
_Noreturn void run_session(struct session *session, const struct script *script, PyObject *argv);
