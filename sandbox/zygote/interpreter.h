/* The interpreter from C: the objects that the other files use, and what makes it ready for forks. */

#pragma once

#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000 /* one build serves every CPython from 3.11 on */
#include <Python.h>

/* Looked up once, before any program runs, so that no program can replace them. */
struct python_refs {
    /* sys, builtins, threading */
    PyObject *modules, *sys_dict, *executable, *settrace, *setprofile, *set_max_digits, *builtins, *compile, *input,
        *system_exit, *threading, *active_threads, *limbo_threads, *stack_size;
    /* gc, atexit, signal, decimal, random, importlib */
    PyObject *collect, *get_count, *enable, *freeze, *exit_callbacks, *getsignal, *default_context, *setcontext,
        *random, *seed, *source_loader;
    /* io */
    PyObject *file_io, *buffered_reader, *buffered_writer, *text_wrapper;
    /* ours, in Python: status_of and finish of python_main.py, refusal of scripts.py, NameRestorer.restored of
     * names.py, MODULES of scripts.py, its library_seeds */
    PyObject *status_of, *finish, *refusal, *restore_names, *own_modules, *seeds;
    /* names and other constants */
    PyObject *n_main, *n_file, *n_loader, *n_builtins, *n_cached, *n_flush, *n_stdin, *n_stdout, *n_stderr, *n_dstdin,
        *n_dstdout, *n_dstderr, *n_path, *n_argv, *n_at_exit, *n_name, *n_mode, *n_closed, *n_newline, *n_buffer,
        *n_raw, *n_detach, *n_dict, *n_annotations, *n_code, *n_gauss_next, *n_orig_argv, *n_main_thread,
        *n_set_native_id, *newline, *read, *write, *zero;
    int has_annotations; /* whether a main module has __annotations__ in this version */
};

/* Look up all but those that are ours. Returns 0, with an exception set, where one is not there. */
int look_up(struct python_refs *py);

/* Leave the frames of Python that called us: once, and nothing returns to Python after it. */
void leave_frames(void);

/* Take the gaps between objects, once, before the first fork. */
void fill_gaps(void);

/* Give modules that are loaded beforehand random numbers of this process's own: random, which does so after each fork
 * that Python knows of, and libraries, which do so when they are imported. */
void reseed(const struct python_refs *py);

/* The main thread's number in the kernel is that of the new process. */
void number_main_thread(const struct python_refs *py);

/* Call a function with one argument or, where that is NULL, none. Returns 0, with an exception set, where it fails. */
int call(PyObject *function, PyObject *argument);
