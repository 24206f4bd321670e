#include "interpreter.h"

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define FIRST_KNOWN 0x030B
#define LAST_KNOWN_FRAMES 0x030D
#define AT(field) offsetof(struct python_refs, field)

static const struct {
    size_t at;
    const char *module, *name;
} attributes[] = {
    {AT(modules), "sys", "modules"},
    {AT(sys_dict), "sys", "__dict__"},
    {AT(settrace), "sys", "settrace"},
    {AT(setprofile), "sys", "setprofile"},
    {AT(set_max_digits), "sys", "set_int_max_str_digits"},
    {AT(source_loader), "importlib.machinery", "SourceFileLoader"},
    {AT(active_threads), "threading", "_active"},
    {AT(limbo_threads), "threading", "_limbo"},
    {AT(stack_size), "threading", "stack_size"},
    {AT(exit_callbacks), "atexit", "_ncallbacks"},
    {AT(collect), "gc", "collect"},
    {AT(get_count), "gc", "get_count"},
    {AT(enable), "gc", "enable"},
    {AT(getsignal), "_signal", "getsignal"},
    {AT(default_context), "decimal", "DefaultContext"},
    {AT(setcontext), "decimal", "setcontext"},
    {AT(file_io), "io", "FileIO"},
    {AT(buffered_reader), "io", "BufferedReader"},
    {AT(buffered_writer), "io", "BufferedWriter"},
    {AT(text_wrapper), "io", "TextIOWrapper"},
    {AT(compile), "builtins", "compile"},
    {AT(input), "builtins", "input"},
    {AT(system_exit), "builtins", "SystemExit"},
    {AT(freeze), "gc", "freeze"},
    {AT(random), "random", "_inst"},
    {AT(executable), "sys", "executable"},
};

static const struct {
    size_t at;
    const char *text;
} texts[] = {
    {AT(n_main), "__main__"},
    {AT(n_file), "__file__"},
    {AT(n_loader), "__loader__"},
    {AT(n_builtins), "__builtins__"},
    {AT(n_cached), "__cached__"},
    {AT(n_flush), "flush"},
    {AT(n_stdin), "stdin"},
    {AT(n_stdout), "stdout"},
    {AT(n_stderr), "stderr"},
    {AT(n_dstdin), "__stdin__"},
    {AT(n_dstdout), "__stdout__"},
    {AT(n_dstderr), "__stderr__"},
    {AT(n_path), "path"},
    {AT(n_argv), "argv"},
    {AT(n_at_exit), "_threading_atexits"},
    {AT(n_name), "name"},
    {AT(n_mode), "mode"},
    {AT(n_closed), "closed"},
    {AT(n_newline), "newline"},
    {AT(n_buffer), "buffer"},
    {AT(n_raw), "raw"},
    {AT(n_detach), "detach"},
    {AT(n_dict), "__dict__"},
    {AT(n_annotations), "__annotations__"},
    {AT(n_code), "code"},
    {AT(newline), "\n"},
    {AT(read), "r"},
    {AT(write), "w"},
    {AT(n_gauss_next), "gauss_next"},
    {AT(n_orig_argv), "orig_argv"},
    {AT(n_main_thread), "_main_thread"},
    {AT(n_set_native_id), "_set_native_id"},
};

static PyObject **place_of(struct python_refs *py, size_t at) {
    return (PyObject **)((char *)py + at);
}

static PyObject *attribute(const char *module_name, const char *name) {
    PyObject *module = PyImport_ImportModule(module_name);
    PyObject *value = module ? PyObject_GetAttrString(module, name) : NULL;
    Py_XDECREF(module);
    return value;
}

int look_up(struct python_refs *py) {
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (!(*place_of(py, attributes[i].at) = attribute(attributes[i].module, attributes[i].name)))
            return 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!(*place_of(py, texts[i].at) = PyUnicode_InternFromString(texts[i].text)))
            return 0;
    py->builtins = PyImport_ImportModule("builtins");
    py->threading = PyImport_ImportModule("threading");
    py->zero = PyLong_FromLong(0);
    PyObject *main = PyImport_ImportModule("__main__");
    py->has_annotations = main && PyDict_GetItem(PyModule_GetDict(main), py->n_annotations);
    Py_XDECREF(main);
    PyObject *random = attribute("_random", "Random");
    py->seed = random ? PyObject_GetAttrString(random, "seed") : NULL;
    Py_XDECREF(random);
    return py->builtins && py->threading && py->zero && py->seed;
}

/* A program finds no frame of ours below its own, as in an interpreter that was started for it: those that brought us
 * here belong to the thread state that is replaced, and are never returned to. A thread state of its own counts
 * recursion from the start, too. The second replacement is there since the first of all thread states is the one that
 * other code (PyGILState_Ensure) finds for this thread, until it is deleted. */
void leave_frames(void) {
    if (Py_Version >> 16 < FIRST_KNOWN || Py_Version >> 16 > LAST_KNOWN_FRAMES)
        return;
    PyThreadState *former = PyThreadState_Get();
    PyInterpreterState *interpreter = PyThreadState_GetInterpreter(former);
    for (int i = 0; i < 2; i++) {
        PyThreadState *next = PyThreadState_New(interpreter);
        if (!next)
            _exit(1);
        PyThreadState_Swap(next);
        PyThreadState_Delete(former); /* not cleared: its frames still refer to what it holds */
        former = next;
    }
    /* What the new one makes when it is first used, its children need not make. */
    PyObject *code = Py_CompileString("(lambda: 0)()", "<start>", Py_file_input), *names = PyDict_New();
    PyObject *result = code && names ? PyEval_EvalCode(code, names, names) : NULL;
    Py_XDECREF(result);
    Py_XDECREF(names);
    Py_XDECREF(code);
    PyErr_Clear();
}

/* Children take memory for new objects from the page after the last that is in use, and not from gaps between old ones:
 * each gap is on a page of its own, which the child would have to copy. So the gaps are taken here, for good. That is
 * how CPython lays out small objects (obmalloc.c); where it does not, some memory is lost and nothing else. */
void fill_gaps(void) {
    enum { STEP = 16, LARGEST = 512, POOL = 1 << 14, POOL_HEADER = 48, MAX_BYTES = 1 << 18 };
    for (size_t size = STEP; size <= LARGEST; size += STEP)
        for (size_t bytes = 0; bytes < MAX_BYTES; bytes += size) {
            char *block = PyObject_Malloc(size);
            if (!block || (uintptr_t)block % POOL == POOL_HEADER) /* the first of a new pool */
                break;
        }
}

void reseed(const struct python_refs *py) {
    PyObject *result = PyObject_CallFunctionObjArgs(py->seed, py->random, NULL);
    if (!result || PyObject_SetAttr(py->random, py->n_gauss_next, Py_None) == -1)
        PyErr_Clear();
    Py_XDECREF(result);
    for (Py_ssize_t i = 0, n = PyTuple_Size(py->seeds); i < n; i++)
        if (!call(PyTuple_GetItem(py->seeds, i), NULL))
            PyErr_Clear();
}

void number_main_thread(const struct python_refs *py) {
    PyObject *thread = PyObject_GetAttr(py->threading, py->n_main_thread);
    PyObject *result = thread ? PyObject_CallMethodObjArgs(thread, py->n_set_native_id, NULL) : NULL;
    Py_XDECREF(result);
    Py_XDECREF(thread);
    PyErr_Clear();
}

int call(PyObject *function, PyObject *argument) {
    PyObject *result = PyObject_CallFunctionObjArgs(function, argument, NULL);
    Py_XDECREF(result);
    return result != NULL;
}
