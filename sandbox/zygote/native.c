/* The parts of the zygote where Python itself would be most of the time. Limited API, so that one build serves every
 * CPython from 3.11 on. */

#include "native.h"

static PyMethodDef functions[] = {
    {"prepare", prepare, METH_VARARGS, NULL},
    {"serve", serve, METH_NOARGS, NULL},
    {"take_and_become", take_and_become, METH_NOARGS, NULL},
    {"prepare_scripts", prepare_scripts, METH_VARARGS, NULL},
    {"run_script", run_script, METH_VARARGS, NULL},
    {"keep_state", keep_state, METH_VARARGS, NULL},
    {"names_kept", names_kept, METH_NOARGS, NULL},
    {"keep_modules", keep_modules, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) {
    return PyModule_Create(&module);
}
