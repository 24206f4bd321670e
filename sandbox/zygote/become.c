/* From a request that was taken to the program in Python that it asks for: what run.py does in ``become``. */

#include "native.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIRST_KNOWN 0x030B
#define LAST_KNOWN 0x030D

/* A program finds no frame of ours below its own, as in an interpreter that was started for it: those that brought us
 * here belong to the thread state that is replaced, and are never returned to. A thread state of its own counts
 * recursion from the start, too. The second replacement is there since the first of all thread states is the one that
 * other code (PyGILState_Ensure) finds for this thread, until it is deleted. */
void leave_frames(void) {
    static int left;
    if (left || Py_Version >> 16 < FIRST_KNOWN || Py_Version >> 16 > LAST_KNOWN)
        return;
    left = 1;
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
    enum { STEP = 16, LARGEST = 512, POOL = 1 << 14, POOL_HEADER = 48, MOST_BYTES = 1 << 18 };
    for (size_t size = STEP; size <= LARGEST; size += STEP)
        for (size_t taken = 0; taken < MOST_BYTES; taken += size) {
            char *block = PyObject_Malloc(size);
            if (!block || (uintptr_t)block % POOL == POOL_HEADER) /* the first of a new pool */
                break;
        }
}

/* What modules do after a fork that Python knows of: of those that are loaded beforehand only random wants to. */
void renew(void) {
    PyObject *done = PyObject_CallFunctionObjArgs(of.seed, of.random, NULL);
    if (!done || PyObject_SetAttr(of.random, of.n_gauss_next, Py_None) == -1)
        PyErr_Clear();
    Py_XDECREF(done);
}

/* The program is refused: in the words of scripts.py, to whoever waits for its start. */
static void refuse(void) {
    PyObject *kind, *error, *trace;
    PyErr_Fetch(&kind, &error, &trace);
    PyErr_NormalizeException(&kind, &error, &trace);
    PyObject *message = PyObject_CallFunctionObjArgs(of.refused, error, NULL);
    char *text;
    Py_ssize_t size;
    if (message && PyBytes_AsStringAndSize(message, &text, &size) == 0)
        tell_owner(text, size);
    _exit(1);
}

static PyObject *command_line(const struct asked *asked) {
    PyObject *argv = PyList_New(0);
    const char *at = asked->argv;
    for (uint32_t i = 0; argv && i < asked->argc; i++, at += strlen(at) + 1) {
        PyObject *text = PyUnicode_DecodeFSDefault(at);
        if (!text || PyList_Append(argv, text) == -1)
            return NULL;
        Py_DECREF(text);
    }
    return argv;
}

/* The program's code, which its first line would import from a module of ours where it has no source. */
static PyObject *compiled(const struct asked *asked, PyObject *path) {
    PyObject *source = asked->source ? PyBytes_FromStringAndSize(asked->source, asked->source_size)
                                     : PyBytes_FromFormat("import %s as _module\n_module.main()", asked->argv);
    PyObject *code = source ? PyObject_CallFunction(of.compile, "OOsiO", source, path, "exec", 0, Py_True) : NULL;
    Py_XDECREF(source);
    return code;
}

void become(const struct asked *asked) {
    PyObject *argv = command_line(asked);
    PyObject *directory = PyUnicode_FromFormat("%s/work", box());
    PyObject *path = PyUnicode_FromFormat("%s/work/%s", box(), asked->argv);
    if (!asked->source)
        show_ours();
    PyObject *code = argv && directory && path ? compiled(asked, path) : NULL;
    if (!code)
        refuse();
    announce();
    PyObject *original = PyList_GetSlice(argv, 0, PyList_Size(argv));
    if (!original || PyList_Insert(original, 0, of.executable) == -1 || set_anew(of.sys_dict, of.n_argv, argv) == -1 ||
        set_anew(of.sys_dict, of.n_orig_argv, original) == -1)
        _exit(1);
    if (asked->asks >= 0)
        run_tests(code, path, directory, argv, asked);
    close_from(3, -1);
    struct ended ended = {1, 0};
    run(code, path, directory, asked->source ? ALL : NONE, &ended); /* a module of ours has left its result by then */
    _exit(ended.status);
}
