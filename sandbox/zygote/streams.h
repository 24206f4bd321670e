/* The standard streams as each test finds them, made as the interpreter makes them (pylifecycle.c, create_stdio). */

#pragma once

#include "names.h"

/* A text around a buffer around a file. */
enum { FILE_IO, BUFFER, TEXT, PARTS };

/* Texts that are made beforehand, at most. */
#define MAX_SPARE_TEXTS 64

struct streams {
    const struct python_refs *py;
    struct names *names;
    struct stream {
        int number;
        PyObject *settings, *options, *name, *mode, *of_sys, *of_sys_too;
        PyObject *part[PARTS], *arguments[PARTS]; /* the arguments that it was made with */
        Py_ssize_t references[PARTS];             /* to each part, while no program has one to it */
    } stream[3];
    /* Further texts around the input's buffer. To make one takes longer than all else of a stream: its codec is looked
     * up, and what the interpreter remembers of that lies in another page each time, which a child has to copy. */
    struct {
        PyObject *text[MAX_SPARE_TEXTS];
        int count;
    } spare;
};

/* Keep the settings that each stream was made with, and make another input. Returns 0 where that fails. */
int keep_streams(struct streams *streams, PyObject *const settings[3]);

/* Do all of it once, with nothing changed. Returns 0 where that fails. */
int rehearse_streams(struct streams *streams);

/* Make the texts that tests take. Returns 0 where that fails. */
int make_spare_texts(struct streams *streams);

/* Put the streams of a new process in the place of the test's. Returns 0 where that fails. */
int renew_streams(struct streams *streams);

/* Write what a script wrote to streams that nothing of the interpreter refers to any more: it is written when they end,
 * and ours do not end. */
void flush_streams(const struct streams *streams);
