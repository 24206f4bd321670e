#pragma once

#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stdint.h>

#include "protocol.h"

/* A program of Python's that is to run now, all about its process made ready. Strings follow one another, each with a
 * zero byte behind it. Without a source the first of the command line names a module of ours. */
struct asked {
    uint32_t argc, collected;
    const char *argv, *collect, *source;
    uint64_t source_size;
    int asks; /* the socket to ask for more tests, or -1 */
};

/* spawn.c */
int place(const char *name, const char *data, uint64_t size); /* a file of the working directory; 0, or -1 and errno */
void close_from(int first, int but);                          /* all descriptors from one on, except one */
int receive(int socket, int descriptors[MAX_DESCRIPTORS]);
void announce(void);
void tell_owner(const char *message, size_t size);
const char *box(void);
PyObject *prepare(PyObject *self, PyObject *arguments);
PyObject *serve(PyObject *self, PyObject *unused);
PyObject *take_and_become(PyObject *self, PyObject *unused);

/* script.c */
/* Looked up once, before any program runs, so that no program can replace them. */
struct of {
    PyObject *modules, *sys_dict, *builtins, *loader, *threading, *active, *limbo, *callbacks, *collect, *count,
        *enable;
    PyObject *trace, *profile, *digits, *stack_size, *default_context, *set_context;
    PyObject *signal_handler, *file_io, *reader, *writer, *wrapper, *status_of, *finish, *refused, *restore_names,
        *ours, *seed, *random, *compile, *freeze, *input, *exit;
    PyObject *n_main, *n_file, *n_loader, *n_builtins, *n_cached, *n_flush, *n_stdin, *n_stdout, *n_stderr, *n_dstdin,
        *n_dstdout, *n_dstderr, *n_path, *n_argv, *n_at_exit, *n_name, *n_mode, *n_closed, *n_newline, *n_buffer,
        *n_raw, *n_detach, *n_dict, *n_annotations, *n_code, *newline, *read, *write, *zero, *n_gauss_next,
        *n_orig_argv, *executable;
    int annotated; /* whether a main module has __annotations__ in this version */
};
extern struct of of;
struct ended {
    int status, plainly;
};
/* Which objects of a script are destroyed when it is over: all garbage is looked for, or only where the script left
 * containers that had not been there, or none, where nobody would see it. */
enum destroy { ALL, NEW, NONE };
PyObject *prepare_scripts(PyObject *self, PyObject *arguments);
int run(PyObject *code, PyObject *path, PyObject *directory, enum destroy destroy, struct ended *ended);
PyObject *run_script(PyObject *self, PyObject *arguments);

/* batch.c */
void run_tests(PyObject *code, PyObject *path, PyObject *directory, PyObject *argv, const struct asked *asked);
void show_ours(void);
int set_anew(PyObject *dict, PyObject *name, PyObject *value);
PyObject *keep_state(PyObject *self, PyObject *arguments);
PyObject *names_kept(PyObject *self, PyObject *unused);
PyObject *keep_modules(PyObject *self, PyObject *unused);

/* streams.c */
int keep_streams(PyObject *const like[3]);
int renew_streams(void);
void flush_streams(void);
int rehearse_streams(void); /* all of it, with nothing changed */
int get_texts_ready(void);

/* version.c */
void try_versions(void);             /* once, before any program runs */
uint64_t version_of(PyObject *dict); /* never 0, or 0 for every one */

/* become.c */
void leave_frames(void); /* once; nothing returns to Python after it */
void fill_gaps(void);    /* once, before the first fork */
void renew(void);
void become(const struct asked *asked);
