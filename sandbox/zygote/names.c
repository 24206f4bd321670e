#include "names.h"

#include "version.h"

static int keep(struct names *names, enum dictionary which, PyObject *dict) {
    struct snapshot *snapshot = &names->snapshot[which];
    Py_XDECREF(snapshot->keys);
    Py_XDECREF(snapshot->values);
    snapshot->dict = dict;
    snapshot->version = 0;
    snapshot->keys = PyDict_Keys(dict);
    snapshot->values = PyDict_Values(dict);
    return snapshot->keys && snapshot->values;
}

int keep_names(struct names *names) {
    static const char *const set_anew[] = {NAMES_SET_ANEW};
    const struct python_refs *py = names->py;
    for (size_t i = 0; i < NAMES_SET_ANEW_COUNT; i++)
        if (!(names->set_anew[i] = PyUnicode_InternFromString(set_anew[i])))
            return 0;
    if (!keep(names, BUILTINS, PyModule_GetDict(py->builtins)) || !keep(names, SYS, py->sys_dict) ||
        !keep(names, MODULES, py->modules) || PyDict_Update(py->modules, py->own_modules) == -1 ||
        !keep(names, WITH_OURS, py->modules))
        return 0;
    PyObject *name;
    Py_ssize_t at = 0;
    while (PyDict_Next(py->own_modules, &at, &name, NULL))
        if (PyDict_DelItem(py->modules, name) == -1)
            return 0;
    names->modules = MODULES;
    return 1;
}

int keep_modules(struct names *names) {
    return keep(names, names->modules, names->py->modules);
}

static PyObject *as_dictionary(const struct snapshot *snapshot) {
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0, n = PyList_Size(snapshot->keys); dict && i < n; i++)
        if (PyDict_SetItem(dict, PyList_GetItem(snapshot->keys, i), PyList_GetItem(snapshot->values, i)) == -1)
            return NULL;
    return dict;
}

PyObject *read_names(const struct names *names) {
    const struct snapshot *snapshot = names->snapshot;
    return Py_BuildValue("NNN", as_dictionary(&snapshot[BUILTINS]), as_dictionary(&snapshot[SYS]),
                         as_dictionary(&snapshot[names->modules]));
}

void show_own_modules(struct names *names) {
    PyDict_Update(names->py->modules, names->py->own_modules);
    names->modules = WITH_OURS;
}

/* 0 where dictionaries have none. */
static uint64_t version_of(const struct names *names, PyObject *dict) {
    return names->has_versions ? version_at(dict) : 0;
}

static int is_one_of(PyObject *key, PyObject *const *names) {
    while (*names && !(PyUnicode_Check(key) && PyUnicode_Compare(*names, key) == 0))
        names++;
    return *names != NULL;
}

/* Whether a dictionary holds the objects that it held, but for some names. Compared by address: to compare them as
 * Python does would write to each, and copy the page that it is on. */
static int is_same(struct names *names, enum dictionary which, PyObject *const *but) {
    struct snapshot *snapshot = &names->snapshot[which];
    PyObject *dict = snapshot->dict, *key, *value;
    Py_ssize_t at = 0, number = 0;
    uint64_t version = version_of(names, dict);
    if (version && version == snapshot->version)
        return 1;
    if (PyDict_Size(dict) != PyList_Size(snapshot->keys))
        return 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (key != PyList_GetItem(snapshot->keys, number))
            return 0;
        if (value != PyList_GetItem(snapshot->values, number) && !is_one_of(key, but))
            return 0;
        number++;
    }
    snapshot->version = version;
    return 1;
}

/* The dictionary stays known to be as it was; not so where the end of the former value, which may run what the program
 * likes, changes it. */
int set_anew(struct names *names, PyObject *dict, PyObject *name, PyObject *value) {
    PyObject *former = Py_XNewRef(PyDict_GetItem(dict, name));
    uint64_t before = version_of(names, dict);
    int result = PyDict_SetItem(dict, name, value);
    for (int i = 0; i < DICTIONARIES; i++)
        if (names->snapshot[i].dict == dict && names->snapshot[i].version == before)
            names->snapshot[i].version = version_of(names, dict);
    Py_XDECREF(former);
    return result;
}

/* What differs is put back by NameRestorer.restored (names.py). */
int restore_names(struct names *names) {
    PyObject *const none[] = {NULL}, *const main[] = {names->py->n_main, NULL};
    if (is_same(names, BUILTINS, none) && is_same(names, SYS, names->set_anew) && is_same(names, names->modules, main))
        return 1;
    PyObject *result = PyObject_CallNoArgs(names->py->restore_names);
    Py_XDECREF(result);
    return result == Py_True;
}
