#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stdint.h>

/* spawn.c */
int place(const char *name, const char *data, uint64_t size); /* a file of the working directory; 0, or -1 and errno */
void close_from(int first, int but); /* all descriptors from one on, except one */
PyObject *prepare(PyObject *self, PyObject *arguments);
PyObject *serve(PyObject *self, PyObject *unused);

/* again.c */
PyObject *prepare_scripts(PyObject *self, PyObject *arguments);
PyObject *keep(PyObject *self, PyObject *arguments);
PyObject *what_was_kept(PyObject *self, PyObject *number);
PyObject *keep_state(PyObject *self, PyObject *arguments);
PyObject *with_ours(PyObject *self, PyObject *whether);
PyObject *run_first(PyObject *self, PyObject *arguments);
PyObject *settle(PyObject *self, PyObject *arguments);
PyObject *of_process(PyObject *self, PyObject *unused);
PyObject *restore(PyObject *self, PyObject *slowly);
PyObject *run_batch(PyObject *self, PyObject *arguments);
