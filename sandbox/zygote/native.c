/* What Python calls: arguments are taken apart here, and all else is done below. */

#include "init.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES 4096

/* All that the helper knows, passed on from here. It lies here since the C API has nothing else that lasts as long as
 * the process: a module's own memory is freed with the module, which a program could bring about. On pages of its own,
 * for a child copies each that it writes to. */
static _Alignas(PAGE_BYTES) struct {
    struct python_refs py;
    struct names names;
    struct streams streams;
    struct scripts scripts;
    struct session session;
    struct jail jail;
} zygote;

static void link_layers(void) {
    struct python_refs *py = &zygote.py;
    struct names *names = &zygote.names;
    struct streams *streams = &zygote.streams;
    zygote.names.py = zygote.streams.py = zygote.scripts.py = zygote.session.py = zygote.session.settings.py = py;
    zygote.streams.names = zygote.scripts.names = zygote.session.settings.names = names;
    zygote.scripts.streams = zygote.session.settings.streams = streams;
    zygote.session.scripts = &zygote.scripts;
    zygote.session.baseline.box = zygote.jail.box;
}

/* Arguments: what is left to Python (interpreter.h, struct python_refs), in its order. */
static PyObject *prepare_scripts(PyObject *self, PyObject *arguments) {
    struct python_refs *py = &zygote.py;
    if (!PyArg_ParseTuple(arguments, "OOOOO!O!", &py->status_of, &py->finish, &py->refusal, &py->restore_names,
                          &PyDict_Type, &py->own_modules, &PyTuple_Type, &py->seeds))
        return NULL;
    PyObject *const ours[] = {py->status_of, py->finish, py->refusal, py->restore_names, py->own_modules, py->seeds};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        Py_INCREF(ours[i]);
    link_layers();
    return look_up(py) ? Py_NewRef(Py_None) : NULL;
}

/* Arguments: code, path, directory. Returns status and whether it ended plainly. */
static PyObject *run_one_script(PyObject *self, PyObject *arguments) {
    struct script script;
    struct script_end end;
    if (!PyArg_ParseTuple(arguments, "OOO", &script.code, &script.path, &script.directory) ||
        !run_script(&zygote.scripts, &script, DESTROY_ALL, &end))
        return NULL;
    return Py_BuildValue("iO", end.status, end.plain ? Py_True : Py_False);
}

/* Keep all that is to be found again after each test. Arguments: search path, working directory, recursion limit,
 * digits, and for each standard stream the settings that it was made with. */
static PyObject *keep_state(PyObject *self, PyObject *arguments) {
    struct settings *settings = &zygote.session.settings;
    struct baseline *baseline = &zygote.session.baseline;
    const char *cwd;
    PyObject *streams[3];
    if (!PyArg_ParseTuple(arguments, "O!siOO!O!O!", &PyList_Type, &settings->search_path, &cwd,
                          &settings->recursion_limit, &settings->max_digits, &PyDict_Type, &streams[0], &PyDict_Type,
                          &streams[1], &PyDict_Type, &streams[2]))
        return NULL;
    Py_INCREF(settings->search_path);
    Py_INCREF(settings->max_digits);
    baseline->cwd = strdup(cwd);
    zygote.names.has_versions = dictionaries_have_versions();
    if (!keep_streams(&zygote.streams, streams) || !keep_names(&zygote.names))
        return NULL;
    baseline->signals = look_at_signals(&zygote.py);
    return rehearse_restoring(settings) ? Py_NewRef(Py_None) : NULL;
}

static PyObject *read_names_method(PyObject *self, PyObject *unused) {
    return read_names(&zygote.names);
}

static PyObject *keep_modules_method(PyObject *self, PyObject *unused) {
    return keep_modules(&zygote.names) ? Py_NewRef(Py_None) : NULL;
}

/* Arguments: the fields of a jail. */
static PyObject *prepare_jail(PyObject *self, PyObject *arguments) {
    struct jail *jail = &zygote.jail;
    PyObject *groups;
    const char *box, *options, *filter;
    Py_ssize_t filter_size;
    if (!PyArg_ParseTuple(arguments, "iiO!iissy#Kppi", &jail->control, &jail->requests, &PyTuple_Type, &groups,
                          &jail->uid, &jail->ruleset, &box, &options, &filter, &filter_size, &jail->box_bytes,
                          &jail->limit_processes, &jail->only_executables, &jail->last_pid))
        return NULL;
    jail->group_count = PyTuple_Size(groups);
    if (jail->group_count > MAX_GROUPS || strlen(box) >= sizeof jail->box ||
        strlen(options) >= sizeof jail->mount_options) {
        PyErr_SetString(PyExc_ValueError, "too long");
        return NULL;
    }
    for (int i = 0; i < jail->group_count; i++)
        jail->groups[i] = PyLong_AsLong(PyTuple_GetItem(groups, i));
    jail->environment = environ;
    strcpy(jail->box, box);
    strcpy(jail->mount_options, options);
    jail->filter.len = filter_size / sizeof(struct sock_filter);
    jail->filter.filter = memcpy(malloc(filter_size), filter, filter_size);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *serve_method(PyObject *self, PyObject *unused) {
    serve(&zygote.jail, &zygote.session);
}

/* In a child that Python forked, and that has entered the jail. Never returns. */
static PyObject *take_and_become(PyObject *self, PyObject *unused) {
    struct program program = take_program(&zygote.jail);
    leave_frames();
    become(&zygote.jail, &zygote.session, &program);
}

static PyMethodDef functions[] = {
    {"prepare_scripts", prepare_scripts, METH_VARARGS, NULL},
    {"run_script", run_one_script, METH_VARARGS, NULL},
    {"keep_state", keep_state, METH_VARARGS, NULL},
    {"read_names", read_names_method, METH_NOARGS, NULL},
    {"keep_modules", keep_modules_method, METH_NOARGS, NULL},
    {"prepare_jail", prepare_jail, METH_VARARGS, NULL},
    {"serve", serve_method, METH_NOARGS, NULL},
    {"take_and_become", take_and_become, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) {
    return PyModule_Create(&module);
}
