#include "script.h"

#include "protocol.h"

#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>

static int is_text(PyObject *value, PyObject *text) {
    return value && PyUnicode_Check(value) && PyUnicode_Compare(value, text) == 0;
}

/* Whether no script kept the last loader or changed it. */
static int is_loader_new(const struct scripts *scripts, PyObject *path) {
    const struct python_refs *py = scripts->py;
    PyObject *attributes = scripts->loader_attributes;
    return scripts->loader && Py_REFCNT(scripts->loader) == 1 && PyDict_Size(attributes) == 2 &&
           PyDict_GetItem(attributes, py->n_name) == py->n_main &&
           is_text(PyDict_GetItem(attributes, py->n_path), path);
}

/* A loader of its source, as each main module has one. */
static PyObject *new_loader(struct scripts *scripts, PyObject *path) {
    const struct python_refs *py = scripts->py;
    if (is_loader_new(scripts, path))
        return Py_NewRef(scripts->loader);
    Py_XDECREF(scripts->loader_attributes);
    Py_XDECREF(scripts->loader);
    PyObject *loader = PyObject_CallFunctionObjArgs(py->source_loader, py->n_main, path, NULL);
    scripts->loader = loader;
    scripts->loader_attributes = loader ? PyObject_GetAttr(loader, py->n_dict) : NULL;
    return scripts->loader_attributes ? Py_NewRef(loader) : NULL;
}

/* An empty dictionary, the last one where no script kept it or left anything in it: what is made and ended with each
 * script would have all garbage looked for after it. */
static PyObject *new_annotations(struct scripts *scripts) {
    PyObject *last = scripts->annotations;
    if (!last || Py_REFCNT(last) != 1 || PyDict_Size(last) != 0) {
        Py_XDECREF(last);
        scripts->annotations = PyDict_New();
    }
    return Py_XNewRef(scripts->annotations);
}

static int annotate(struct scripts *scripts, PyObject *names) {
    if (!scripts->py->has_annotations)
        return 1;
    PyObject *annotations = new_annotations(scripts);
    int set = annotations && PyDict_SetItem(names, scripts->py->n_annotations, annotations) == 0;
    Py_XDECREF(annotations);
    return set;
}

static PyObject *new_main(struct scripts *scripts, PyObject *path) {
    const struct python_refs *py = scripts->py;
    PyObject *module = PyModule_NewObject(py->n_main);
    PyObject *names = module ? PyModule_GetDict(module) : NULL;
    PyObject *loader = names ? new_loader(scripts, path) : NULL;
    int complete = loader && annotate(scripts, names) && PyDict_SetItem(names, py->n_loader, loader) == 0 &&
                   PyDict_SetItem(names, py->n_builtins, py->builtins) == 0 &&
                   PyDict_SetItem(names, py->n_file, path) == 0 && PyDict_SetItem(names, py->n_cached, Py_None) == 0 &&
                   set_anew(scripts->names, py->modules, py->n_main, module) == 0;
    Py_XDECREF(loader);
    if (complete)
        return module;
    Py_XDECREF(module);
    return NULL;
}

static long calls_at_exit(const struct python_refs *py) {
    PyObject *count = PyObject_CallNoArgs(py->exit_callbacks);
    long calls = count ? PyLong_AsLong(count) : -1;
    Py_XDECREF(count);
    return calls;
}

/* Whether a script left no threads to wait for and nothing to be called at exit. */
static int is_plain(const struct python_refs *py) {
    if (PyDict_Size(py->active_threads) != 1 || PyDict_Size(py->limbo_threads) != 0 || calls_at_exit(py) != 0)
        return 0;
    PyObject *at_exit = PyObject_GetAttr(py->threading, py->n_at_exit);
    int none = at_exit && PyObject_Size(at_exit) == 0;
    Py_XDECREF(at_exit);
    PyErr_Clear();
    return none;
}

static int flush(const struct python_refs *py, PyObject *name) {
    PyObject *stream = PyDict_GetItemWithError(py->sys_dict, name);
    if (!stream || stream == Py_None)
        return 0;
    Py_INCREF(stream);
    PyObject *result = PyObject_CallMethodObjArgs(stream, py->n_flush, NULL);
    Py_DECREF(stream);
    Py_XDECREF(result);
    if (!result)
        PyErr_Clear();
    return result != NULL;
}

static int is_private(PyObject *key) {
    Py_ssize_t length = PyUnicode_GetLength(key);
    return length > 0 && PyUnicode_ReadChar(key, 0) == '_' && !(length > 1 && PyUnicode_ReadChar(key, 1) == '_');
}

/* python_main.py, _clear. */
static void clear(const struct python_refs *py, PyObject *names) {
    PyObject *keys = PyDict_Keys(names);
    for (int private = 1; private >= 0; private--)
        for (Py_ssize_t i = 0, n = PyList_Size(keys); i < n; i++) {
            PyObject *key = PyList_GetItem(keys, i);
            if (key != py->n_builtins && PyUnicode_Check(key) && is_private(key) == private)
                PyDict_SetItem(names, key, Py_None);
        }
    Py_XDECREF(keys);
    PyErr_Clear();
}

/* The exit code as sys.exit() was given it, where the interpreter has made no exception of it yet: it would make
 * SystemExit(*code) of a tuple, but ends by the tuple itself (pythonrun.c, handle_system_exit). */
static PyObject *exit_by(const struct python_refs *py, PyObject *code) {
    PyObject *error = PyObject_CallNoArgs(py->system_exit);
    if (error && PyObject_SetAttr(error, py->n_code, code) == -1)
        Py_CLEAR(error);
    Py_DECREF(code);
    return error;
}

/* From here on only our own functions run in Python, which the script's tracer is not to see. */
static void end_tracing(const struct python_refs *py) {
    call(py->settrace, Py_None);
    call(py->setprofile, Py_None);
}

/* What came of an exception that nobody caught. */
static int status_of_error(const struct python_refs *py) {
    PyObject *kind, *error, *trace;
    PyErr_Fetch(&kind, &error, &trace);
    if (kind == py->system_exit && error && PyTuple_Check(error))
        error = exit_by(py, error);
    PyErr_NormalizeException(&kind, &error, &trace);
    if (trace)
        PyException_SetTraceback(error, trace);
    end_tracing(py);
    Py_XDECREF(kind);
    Py_XDECREF(trace);
    PyObject *status = PyObject_CallFunctionObjArgs(py->status_of, error, NULL);
    Py_XDECREF(error);
    int number = status ? PyLong_AsLong(status) : -1;
    Py_XDECREF(status);
    return number;
}

/* The end by python_main.py, finish. Whether that worked. */
static int finish(const struct python_refs *py, struct script_end *end, PyObject *module, long calls_before) {
    end_tracing(py);
    PyObject *result = PyObject_CallFunction(py->finish, "iOl", end->status, module, calls_before);
    int worked = result && PyArg_ParseTuple(result, "ip", &end->status, &end->plain);
    Py_XDECREF(result);
    return worked;
}

/* Destroy the script's objects. ``count`` is the collector's from before it ran. */
static void destroy_objects(const struct python_refs *py, PyObject *names, enum destroy destroy, PyObject *count) {
    if (destroy != DESTROY_NONE)
        clear(py, names);
    PyObject *left = PyObject_CallNoArgs(py->get_count);
    if (destroy == DESTROY_ALL ||
        (destroy == DESTROY_NEW && (!left || !count || PyObject_RichCompareBool(left, count, Py_EQ) != 1)))
        Py_XDECREF(PyObject_CallNoArgs(py->collect));
    Py_XDECREF(left);
    PyErr_Clear();
}

/* End the process as the interpreter does after KeyboardInterrupt (pymain, exit_sigint). */
static void interrupt(void) {
    signal(SIGINT, SIG_DFL);
    raise(SIGINT);
}

/* python_main.py, run_script. */
int run_script(struct scripts *scripts, const struct script *script, enum destroy destroy, struct script_end *end) {
    const struct python_refs *py = scripts->py;
    PyObject *module = new_main(scripts, script->path), *search = PyDict_GetItemWithError(py->sys_dict, py->n_path);
    if (!module || !search || PyList_Insert(search, 0, script->directory) == -1)
        return 0;
    PyObject *names = PyModule_GetDict(module);
    long calls_before = calls_at_exit(py);
    PyObject *count = PyObject_CallNoArgs(py->get_count);
    PyObject *result = PyEval_EvalCode(script->code, names, names);
    end->status = result ? 0 : status_of_error(py);
    Py_XDECREF(result);
    int worked = end->status >= 0;
    end->plain = is_plain(py);
    if (worked && end->plain && flush(py, py->n_stdout) && flush(py, py->n_stderr)) {
        destroy_objects(py, names, destroy, count);
        if (!flush(py, py->n_stdout) || !flush(py, py->n_dstdout))
            worked = finish(py, end, module, calls_before);
    } else if (worked)
        worked = finish(py, end, module, calls_before);
    Py_XDECREF(count);
    Py_DECREF(module);
    flush_streams(scripts->streams);
    if (destroy != DESTROY_NEW || __fpending(stdout) || __fpending(stderr))
        fflush(NULL); /* what C wrote for the script, as at the process's exit */
    if (end->status == INTERRUPTED_STATUS)
        interrupt();
    return worked;
}
