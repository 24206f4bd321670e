/* The parts of the zygote where Python itself would be most of the time: spawn.c and again.c. Limited API, so that one build
 * serves every CPython from 3.11 on. */

#include "native.h"

static PyMethodDef functions[] = {
    {"prepare", prepare, METH_VARARGS, NULL},
    {"serve", serve, METH_NOARGS, NULL},
    {"prepare_scripts", prepare_scripts, METH_VARARGS, NULL},
    {"keep", keep, METH_VARARGS, NULL},
    {"what_was_kept", what_was_kept, METH_O, NULL},
    {"keep_state", keep_state, METH_VARARGS, NULL},
    {"with_ours", with_ours, METH_O, NULL},
    {"run_first", run_first, METH_VARARGS, NULL},
    {"settle", settle, METH_VARARGS, NULL},
    {"of_process", of_process, METH_NOARGS, NULL},
    {"restore", restore, METH_O, NULL},
    {"run_batch", run_batch, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
