/* A Python script run as the main program, up to where the interpreter would end the process: what python_main.py does.
 * Its rarer half is left to that. */

#include "native.h"

#include <stdio.h>
#include <stdio_ext.h>

struct of of;

static PyObject *attribute(const char *module_name, const char *name) {
    PyObject *module = PyImport_ImportModule(module_name);
    PyObject *value = module ? PyObject_GetAttrString(module, name) : NULL;
    Py_XDECREF(module);
    return value;
}

/* Arguments: what is left to Python. python_main's status_of and finish; refusal of scripts.py; Names.restored of
 * names.py; the modules of ours. */
PyObject *prepare_scripts(PyObject *self, PyObject *arguments) {
    if (!PyArg_ParseTuple(arguments, "OOOOO!", &of.status_of, &of.finish, &of.refused, &of.restore_names, &PyDict_Type,
                          &of.ours))
        return NULL;
    for (int i = 0; i < 5; i++)
        Py_INCREF(((PyObject *[]){of.status_of, of.finish, of.refused, of.restore_names, of.ours})[i]);
    static const struct {
        PyObject **to;
        const char *module, *name;
    } looked_up[] = {
        {&of.modules, "sys", "modules"},
        {&of.sys_dict, "sys", "__dict__"},
        {&of.trace, "sys", "settrace"},
        {&of.profile, "sys", "setprofile"},
        {&of.digits, "sys", "set_int_max_str_digits"},
        {&of.loader, "importlib.machinery", "SourceFileLoader"},
        {&of.active, "threading", "_active"},
        {&of.limbo, "threading", "_limbo"},
        {&of.stack_size, "threading", "stack_size"},
        {&of.callbacks, "atexit", "_ncallbacks"},
        {&of.collect, "gc", "collect"},
        {&of.count, "gc", "get_count"},
        {&of.enable, "gc", "enable"},
        {&of.signal_handler, "_signal", "getsignal"},
        {&of.default_context, "decimal", "DefaultContext"},
        {&of.set_context, "decimal", "setcontext"},
        {&of.file_io, "io", "FileIO"},
        {&of.reader, "io", "BufferedReader"},
        {&of.writer, "io", "BufferedWriter"},
        {&of.wrapper, "io", "TextIOWrapper"},
        {&of.compile, "builtins", "compile"},
        {&of.input, "builtins", "input"},
        {&of.exit, "builtins", "SystemExit"},
        {&of.freeze, "gc", "freeze"},
        {&of.random, "random", "_inst"},
        {&of.executable, "sys", "executable"},
    };
    static const struct {
        PyObject **to;
        const char *name;
    } names[] = {
        {&of.n_main, "__main__"},
        {&of.n_file, "__file__"},
        {&of.n_loader, "__loader__"},
        {&of.n_builtins, "__builtins__"},
        {&of.n_cached, "__cached__"},
        {&of.n_flush, "flush"},
        {&of.n_stdin, "stdin"},
        {&of.n_stdout, "stdout"},
        {&of.n_stderr, "stderr"},
        {&of.n_dstdin, "__stdin__"},
        {&of.n_dstdout, "__stdout__"},
        {&of.n_dstderr, "__stderr__"},
        {&of.n_path, "path"},
        {&of.n_argv, "argv"},
        {&of.n_at_exit, "_threading_atexits"},
        {&of.n_name, "name"},
        {&of.n_mode, "mode"},
        {&of.n_closed, "closed"},
        {&of.n_newline, "newline"},
        {&of.n_buffer, "buffer"},
        {&of.n_raw, "raw"},
        {&of.n_detach, "detach"},
        {&of.n_dict, "__dict__"},
        {&of.n_annotations, "__annotations__"},
        {&of.n_code, "code"},
        {&of.newline, "\n"},
        {&of.read, "r"},
        {&of.write, "w"},
        {&of.n_gauss_next, "gauss_next"},
        {&of.n_orig_argv, "orig_argv"},
    };
    for (size_t i = 0; i < sizeof looked_up / sizeof *looked_up; i++)
        if (!(*looked_up[i].to = attribute(looked_up[i].module, looked_up[i].name)))
            return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!(*names[i].to = PyUnicode_InternFromString(names[i].name)))
            return NULL;
    of.builtins = PyImport_ImportModule("builtins");
    of.threading = PyImport_ImportModule("threading");
    of.zero = PyLong_FromLong(0);
    PyObject *main = PyImport_ImportModule("__main__");
    of.annotated = main && PyDict_GetItem(PyModule_GetDict(main), of.n_annotations);
    Py_XDECREF(main);
    PyObject *random = attribute("_random", "Random");
    of.seed = random ? PyObject_GetAttrString(random, "seed") : NULL;
    Py_XDECREF(random);
    return of.builtins && of.threading && of.zero && of.seed ? Py_NewRef(Py_None) : NULL;
}

static int is_text(PyObject *value, PyObject *text) {
    return value && PyUnicode_Check(value) && PyUnicode_Compare(value, text) == 0;
}

/* A loader of its source, as each main module has one. */
static PyObject *new_loader(PyObject *path) {
    static PyObject *last, *attributes;
    /* The last one is as new where no script kept it or changed it. */
    if (last && Py_REFCNT(last) == 1 && PyDict_Size(attributes) == 2 &&
        PyDict_GetItem(attributes, of.n_name) == of.n_main && is_text(PyDict_GetItem(attributes, of.n_path), path))
        return Py_NewRef(last);
    Py_XDECREF(attributes);
    Py_XDECREF(last);
    last = PyObject_CallFunctionObjArgs(of.loader, of.n_main, path, NULL);
    attributes = last ? PyObject_GetAttr(last, of.n_dict) : NULL;
    return attributes ? Py_NewRef(last) : NULL;
}

/* An empty dictionary, the last one where no script kept it or left anything in it: what is made and ended with each
 * script would have all garbage looked for after it. */
static PyObject *new_annotations(void) {
    static PyObject *last;
    if (!last || Py_REFCNT(last) != 1 || PyDict_Size(last) != 0) {
        Py_XDECREF(last);
        last = PyDict_New();
    }
    return Py_XNewRef(last);
}

static PyObject *new_main(PyObject *path) {
    PyObject *module = PyModule_NewObject(of.n_main);
    PyObject *names = module ? PyModule_GetDict(module) : NULL;
    PyObject *loader = names ? new_loader(path) : NULL;
    PyObject *annotations = of.annotated ? new_annotations() : NULL;
    int made = loader &&
               (!of.annotated || (annotations && PyDict_SetItem(names, of.n_annotations, annotations) == 0)) &&
               PyDict_SetItem(names, of.n_loader, loader) == 0 &&
               PyDict_SetItem(names, of.n_builtins, of.builtins) == 0 && PyDict_SetItem(names, of.n_file, path) == 0 &&
               PyDict_SetItem(names, of.n_cached, Py_None) == 0 && set_anew(of.modules, of.n_main, module) == 0;
    Py_XDECREF(annotations);
    Py_XDECREF(loader);
    if (made)
        return module;
    Py_XDECREF(module);
    return NULL;
}

static long calls_at_exit(void) {
    PyObject *count = PyObject_CallNoArgs(of.callbacks);
    long calls = count ? PyLong_AsLong(count) : -1;
    Py_XDECREF(count);
    return calls;
}

/* Whether a script left no threads to wait for and nothing to be called at exit. */
static int plain(void) {
    if (PyDict_Size(of.active) != 1 || PyDict_Size(of.limbo) != 0 || calls_at_exit() != 0)
        return 0;
    PyObject *waited_for = PyObject_GetAttr(of.threading, of.n_at_exit);
    int none = waited_for && PyObject_Size(waited_for) == 0;
    Py_XDECREF(waited_for);
    PyErr_Clear();
    return none;
}

static int flush(PyObject *name) {
    PyObject *stream = PyDict_GetItemWithError(of.sys_dict, name);
    if (!stream || stream == Py_None)
        return 0;
    Py_INCREF(stream);
    PyObject *done = PyObject_CallMethodObjArgs(stream, of.n_flush, NULL);
    Py_DECREF(stream);
    Py_XDECREF(done);
    if (!done)
        PyErr_Clear();
    return done != NULL;
}

static int is_private(PyObject *key) {
    Py_ssize_t length = PyUnicode_GetLength(key);
    return length > 0 && PyUnicode_ReadChar(key, 0) == '_' && !(length > 1 && PyUnicode_ReadChar(key, 1) == '_');
}

/* python_main.py, _clear. */
static void clear(PyObject *names) {
    PyObject *keys = PyDict_Keys(names);
    for (int private = 1; private >= 0; private--)
        for (Py_ssize_t i = 0, n = PyList_Size(keys); i < n; i++) {
            PyObject *key = PyList_GetItem(keys, i);
            if (key != of.n_builtins && PyUnicode_Check(key) && is_private(key) == private)
                PyDict_SetItem(names, key, Py_None);
        }
    Py_XDECREF(keys);
    PyErr_Clear();
}

/* The exit code as sys.exit() was given it, where the interpreter has made no exception of it yet: it would make
 * SystemExit(*code) of a tuple, but ends by the tuple itself (pythonrun.c, handle_system_exit). */
static PyObject *exit_by(PyObject *code) {
    PyObject *error = PyObject_CallNoArgs(of.exit);
    if (error && PyObject_SetAttr(error, of.n_code, code) == -1)
        Py_CLEAR(error);
    Py_DECREF(code);
    return error;
}

/* From here on only our own functions run in Python, which the script's tracer is not to see. */
static void end_tracing(void) {
    PyObject *done = PyObject_CallFunctionObjArgs(of.trace, Py_None, NULL);
    Py_XDECREF(done);
    done = PyObject_CallFunctionObjArgs(of.profile, Py_None, NULL);
    Py_XDECREF(done);
}

/* What came of an exception that nobody caught. */
static int status_of(void) {
    PyObject *kind, *error, *trace;
    PyErr_Fetch(&kind, &error, &trace);
    if (kind == of.exit && error && PyTuple_Check(error))
        error = exit_by(error);
    PyErr_NormalizeException(&kind, &error, &trace);
    if (trace)
        PyException_SetTraceback(error, trace);
    end_tracing();
    Py_XDECREF(kind);
    Py_XDECREF(trace);
    PyObject *status = PyObject_CallFunctionObjArgs(of.status_of, error, NULL);
    Py_XDECREF(error);
    int number = status ? PyLong_AsLong(status) : -1;
    Py_XDECREF(status);
    return number;
}

/* The end by python_main.py, _finish. Whether that worked. */
static int finish(struct ended *ended, PyObject *module, long calls_before) {
    end_tracing();
    PyObject *told = PyObject_CallFunction(of.finish, "iOl", ended->status, module, calls_before);
    int worked = told && PyArg_ParseTuple(told, "ip", &ended->status, &ended->plainly);
    Py_XDECREF(told);
    return worked;
}

/* python_main.py, run_script. Whether it worked: what the script does never makes it fail. */
int run(PyObject *code, PyObject *path, PyObject *directory, enum destroy destroy, struct ended *ended) {
    PyObject *module = new_main(path), *search = PyDict_GetItemWithError(of.sys_dict, of.n_path);
    if (!module || !search || PyList_Insert(search, 0, directory) == -1)
        return 0;
    PyObject *names = PyModule_GetDict(module);
    long calls_before = calls_at_exit();
    PyObject *count = PyObject_CallNoArgs(of.count);
    PyObject *result = PyEval_EvalCode(code, names, names);
    ended->status = result ? 0 : status_of();
    Py_XDECREF(result);
    int worked = ended->status >= 0;
    ended->plainly = plain();
    if (worked && ended->plainly && flush(of.n_stdout) && flush(of.n_stderr)) {
        if (destroy != NONE)
            clear(names);
        PyObject *left = PyObject_CallNoArgs(of.count);
        if (destroy == ALL ||
            (destroy == NEW && (!left || !count || PyObject_RichCompareBool(left, count, Py_EQ) != 1)))
            Py_XDECREF(PyObject_CallNoArgs(of.collect));
        Py_XDECREF(left);
        PyErr_Clear();
        if (!flush(of.n_stdout) || !flush(of.n_dstdout))
            worked = finish(ended, module, calls_before);
    } else if (worked)
        worked = finish(ended, module, calls_before);
    Py_XDECREF(count);
    Py_DECREF(module);
    flush_streams();
    if (destroy != NEW || __fpending(stdout) || __fpending(stderr))
        fflush(NULL); /* what C wrote for the script, as at the process's exit */
    return worked;
}

/* Arguments: code, path, directory. Returns status and whether it ended plainly. */
PyObject *run_script(PyObject *self, PyObject *arguments) {
    PyObject *code, *path, *directory;
    struct ended ended;
    if (!PyArg_ParseTuple(arguments, "OOO", &code, &path, &directory) || !run(code, path, directory, ALL, &ended))
        return NULL;
    return Py_BuildValue("iO", ended.status, ended.plainly ? Py_True : Py_False);
}
