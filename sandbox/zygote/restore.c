#include "restore.h"

#include "io.h"

#include <sys/stat.h>
#include <unistd.h>

#define REHEARSALS 32

static int restore_path(const struct settings *settings) {
    const struct python_refs *py = settings->py;
    PyObject *argv = PyList_GetSlice(settings->argv, 0, PyList_Size(settings->argv));
    PyObject *search = PyDict_GetItemWithError(py->sys_dict, py->n_path);
    int restored = argv && search && set_anew(settings->names, py->sys_dict, py->n_argv, argv) == 0 &&
                   PyList_SetSlice(search, 0, PyList_Size(search), settings->search_path) == 0;
    Py_XDECREF(argv);
    return restored;
}

static int restore_interpreter(const struct settings *settings) {
    const struct python_refs *py = settings->py;
    return call(py->settrace, Py_None) && call(py->setprofile, Py_None) && restore_names(settings->names) &&
           restore_path(settings) && call(py->set_max_digits, settings->max_digits) && call(py->stack_size, py->zero) &&
           call(py->enable, NULL);
}

int restore(struct settings *settings, int empty_stdin, int directory) {
    const struct python_refs *py = settings->py;
    dup2(empty_stdin, 0);
    int restored = restore_interpreter(settings) && call(py->setcontext, py->default_context) &&
                   fchdir(directory) == 0 && renew_streams(settings->streams);
    Py_SetRecursionLimit(settings->recursion_limit);
    umask(UMASK);
    PyErr_Clear();
    return restored;
}

int rehearse_restoring(struct settings *settings) {
    const struct python_refs *py = settings->py;
    settings->argv = Py_XNewRef(PyDict_GetItemWithError(py->sys_dict, py->n_argv));
    for (int i = 0; i < REHEARSALS; i++)
        if (!settings->argv || !restore_interpreter(settings) || !rehearse_streams(settings->streams))
            return 0;
    return make_spare_texts(settings->streams);
}
