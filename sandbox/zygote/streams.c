/* The standard streams as each test finds them, made as the interpreter makes them (pylifecycle.c, create_stdio). */

#include "native.h"

/* A text around a buffer around a file. */
enum { FILE_IO, BUFFER, TEXT, PARTS };
static struct stream {
    PyObject *like, *options, *name, *mode, *of_sys, *of_sys_too;
    PyObject *part[PARTS], *made_with[PARTS];
    Py_ssize_t references[PARTS]; /* to each part, while no program has one to it */
} streams[3];

/* Further texts around the input's buffer, made beforehand. To make one takes longer than all else of a stream: its
 * codec is looked up, and what the interpreter remembers of that lies in another page each time, which a child has to
 * copy. */
#define READY 64
static struct {
    PyObject *text[READY];
    int count;
} ready;

static int set_names(struct stream *stream) {
    return PyObject_SetAttr(stream->part[FILE_IO], of.n_name, stream->name) == 0 &&
           PyObject_SetAttr(stream->part[TEXT], of.n_mode, stream->mode) == 0;
}

/* A new stream in the place of the one before, whose end may run what a program likes. */
static int make(struct stream *stream) {
    int number = stream - streams;
    struct stream former = *stream;
    if (number == 0)
        ready.count = 0;
    PyObject *const types[] = {of.file_io, number ? of.writer : of.reader, of.wrapper};
    for (int i = 0; i < PARTS; i++) {
        PyObject *made_with =
            i ? PyTuple_Pack(1, stream->part[i - 1]) : Py_BuildValue("iOO", number, stream->mode, Py_False);
        stream->made_with[i] = made_with;
        stream->part[i] = made_with ? PyObject_Call(types[i], made_with, i == TEXT ? stream->options : NULL) : NULL;
        if (!stream->part[i])
            return 0;
    }
    for (int i = 0; i < PARTS; i++)
        stream->references[i] = Py_REFCNT(stream->part[i]) + (i == TEXT ? 2 : 0); /* sys will have the text twice */
    for (int i = 0; i < PARTS; i++) {
        Py_XDECREF(former.part[i]);
        Py_XDECREF(former.made_with[i]);
    }
    return set_names(stream);
}

static int install(struct stream *stream) {
    return set_anew(of.sys_dict, stream->of_sys, stream->part[TEXT]) == 0 &&
           set_anew(of.sys_dict, stream->of_sys_too, stream->part[TEXT]) == 0;
}

/* Whether nothing of a stream can have changed but what was written. */
static int untouched(const struct stream *stream) {
    PyObject *key, *value, *closed = PyObject_GetAttr(stream->part[TEXT], of.n_closed);
    int same = closed == Py_False;
    Py_ssize_t at = 0;
    Py_XDECREF(closed);
    while (same && PyDict_Next(stream->like, &at, &key, &value)) {
        PyObject *now = PyObject_GetAttr(stream->part[TEXT], key);
        same = now && PyObject_RichCompareBool(now, value, Py_EQ) == 1;
        Py_XDECREF(now);
    }
    PyErr_Clear();
    return same;
}

/* Whether a part has no attributes but the one that it was given, and nobody else has the part. */
static int ours_alone(const struct stream *stream, int which, PyObject *attribute) {
    PyObject *attributes = PyObject_GenericGetDict(stream->part[which], NULL);
    int as_made = attributes && PyDict_Size(attributes) == (attribute != NULL) &&
                  (!attribute || PyDict_GetItem(attributes, attribute));
    Py_XDECREF(attributes);
    return as_made && Py_REFCNT(stream->part[which]) == stream->references[which];
}

static int is_attribute(PyObject *object, PyObject *name, PyObject *expected) {
    PyObject *value = PyObject_GetAttr(object, name);
    Py_XDECREF(value);
    return value == expected;
}

/* Some parts are made where they are, which leaves nothing of what was read or set in them. */
static int make_again(struct stream *stream, int parts) {
    for (int i = 0; i < parts; i++) {
        initproc init = (initproc)PyType_GetSlot(Py_TYPE(stream->part[i]), Py_tp_init);
        if (init(stream->part[i], stream->made_with[i], i == TEXT ? stream->options : NULL) == -1)
            return 0;
    }
    return set_names(stream);
}

static PyObject *another_text(const struct stream *stream) {
    PyObject *text = PyObject_Call(of.wrapper, stream->made_with[TEXT], stream->options);
    if (text && PyObject_SetAttr(text, of.n_mode, stream->mode) == -1)
        Py_CLEAR(text);
    return text;
}

/* The end of a text that must not close the buffer, which others have too. */
static int let_go(PyObject *text) {
    PyObject *buffer = PyObject_CallMethodObjArgs(text, of.n_detach, NULL);
    Py_XDECREF(buffer);
    Py_DECREF(text);
    return buffer != NULL;
}

/* The next of the texts that are ready takes the place of the last. */
static int next_text(struct stream *stream) {
    PyObject *former = stream->part[TEXT];
    stream->part[TEXT] = ready.text[--ready.count];
    stream->references[FILE_IO]--;
    stream->references[BUFFER]--;
    return make_again(stream, TEXT) && install(stream) && let_go(former);
}

/* Whether the parts are as they were put together, and nobody else has them. */
static int ours(const struct stream *stream) {
    PyObject *const attribute[] = {of.n_name, NULL, of.n_mode};
    for (int i = 0; i < PARTS; i++)
        if (!ours_alone(stream, i, attribute[i]))
            return 0;
    return is_attribute(stream->part[TEXT], of.n_buffer, stream->part[BUFFER]) &&
           is_attribute(stream->part[BUFFER], of.n_raw, stream->part[FILE_IO]);
}

int renew_streams(void) {
    for (struct stream *stream = streams; stream < streams + 3; stream++) {
        /* The program's own goes first: its end may close what it shares with ours. */
        if (!install(stream))
            return 0;
        int as_new = stream != streams ? untouched(stream)
                                       : ours(stream) && (ready.count ? next_text(stream) : make_again(stream, PARTS));
        PyErr_Clear();
        if (!as_new && !(make(stream) && install(stream)))
            return 0;
    }
    return 1;
}

/* What a script wrote to streams that nothing of the interpreter refers to any more is written when they end, and ours
 * do not end. */
void flush_streams(void) {
    for (int i = 1; i < 3; i++) {
        PyObject *text = streams[i].part[TEXT];
        if (!text || PyDict_GetItem(of.sys_dict, streams[i].of_sys) == text)
            continue; /* flushed by that name */
        PyObject *done = PyObject_CallMethodObjArgs(text, of.n_flush, NULL);
        Py_XDECREF(done);
        PyErr_Clear(); /* it may be closed */
    }
}

/* Keep the settings that each stream was made with. */
int keep_streams(PyObject *const like[3]) {
    PyObject *const of_sys[] = {of.n_stdin, of.n_stdout, of.n_stderr};
    PyObject *const of_sys_too[] = {of.n_dstdin, of.n_dstdout, of.n_dstderr};
    for (int i = 0; i < 3; i++) {
        struct stream *stream = streams + i;
        stream->like = Py_NewRef(like[i]);
        stream->options = PyDict_Copy(like[i]);
        stream->name = PyUnicode_FromFormat("<%U>", of_sys[i]);
        stream->mode = i ? of.write : of.read;
        stream->of_sys = of_sys[i];
        stream->of_sys_too = of_sys_too[i];
        stream->part[TEXT] = i ? Py_XNewRef(PyDict_GetItem(of.sys_dict, of_sys[i])) : NULL;
        if (!stream->options || PyDict_SetItem(stream->options, of.n_newline, of.newline) == -1 || !stream->name ||
            (i && !stream->part[TEXT]))
            return 0;
    }
    return make(streams);
}

/* To write something, where nobody sees it. */
static void rehearse_writing(void) {
    PyObject *file = PyObject_CallFunction(of.file_io, "ss", "/dev/null", "w");
    PyObject *buffer = file ? PyObject_CallFunctionObjArgs(of.writer, file, NULL) : NULL;
    PyObject *text = buffer ? PyObject_CallFunctionObjArgs(of.wrapper, buffer, NULL) : NULL;
    if (text)
        PyFile_WriteString("\n", text);
    Py_XDECREF(text);
    Py_XDECREF(buffer);
    Py_XDECREF(file);
}

/* A line of the input, of which there is none. */
static int rehearse_reading(void) {
    PyObject *former = Py_XNewRef(PyDict_GetItem(of.sys_dict, of.n_stdin));
    if (!former || set_anew(of.sys_dict, of.n_stdin, streams[0].part[TEXT]) == -1)
        return 0;
    Py_XDECREF(PyObject_CallNoArgs(of.input));
    PyErr_Clear();
    int done = set_anew(of.sys_dict, of.n_stdin, former) == 0;
    Py_DECREF(former);
    return done;
}

int rehearse_streams(void) {
    /* What comes of these does not matter. */
    rehearse_writing();
    ours(streams);
    untouched(streams + 1);
    untouched(streams + 2);
    PyErr_Clear();
    PyObject *text = make(streams) ? another_text(streams) : NULL;
    return text && let_go(text) && rehearse_reading() && make_again(streams, PARTS);
}

int get_texts_ready(void) {
    for (; ready.count < READY; ready.count++)
        if (!(ready.text[ready.count] = another_text(streams)))
            return 0;
    for (int i = 0; i < TEXT; i++)
        streams[0].references[i] = Py_REFCNT(streams[0].part[i]);
    return 1;
}
