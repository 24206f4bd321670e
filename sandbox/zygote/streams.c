#include "streams.h"

static int set_names(const struct streams *streams, struct stream *stream) {
    const struct python_refs *py = streams->py;
    return PyObject_SetAttr(stream->part[FILE_IO], py->n_name, stream->name) == 0 &&
           PyObject_SetAttr(stream->part[TEXT], py->n_mode, stream->mode) == 0;
}

/* A new stream in the place of the one before, whose end may run what a program likes. */
static int make(struct streams *streams, struct stream *stream) {
    const struct python_refs *py = streams->py;
    int number = stream->number;
    struct stream former = *stream;
    if (number == 0)
        streams->spare.count = 0;
    PyObject *const types[] = {py->file_io, number ? py->buffered_writer : py->buffered_reader, py->text_wrapper};
    for (int i = 0; i < PARTS; i++) {
        PyObject *arguments =
            i ? PyTuple_Pack(1, stream->part[i - 1]) : Py_BuildValue("iOO", number, stream->mode, Py_False);
        stream->arguments[i] = arguments;
        stream->part[i] = arguments ? PyObject_Call(types[i], arguments, i == TEXT ? stream->options : NULL) : NULL;
        if (!stream->part[i])
            return 0;
    }
    for (int i = 0; i < PARTS; i++)
        stream->references[i] = Py_REFCNT(stream->part[i]) + (i == TEXT ? 2 : 0); /* sys will have the text twice */
    for (int i = 0; i < PARTS; i++) {
        Py_XDECREF(former.part[i]);
        Py_XDECREF(former.arguments[i]);
    }
    return set_names(streams, stream);
}

static int install(const struct streams *streams, const struct stream *stream) {
    PyObject *sys_dict = streams->py->sys_dict, *text = stream->part[TEXT];
    return set_anew(streams->names, sys_dict, stream->of_sys, text) == 0 &&
           set_anew(streams->names, sys_dict, stream->of_sys_too, text) == 0;
}

/* Whether nothing of a stream can have changed but what was written. */
static int is_untouched(const struct streams *streams, const struct stream *stream) {
    PyObject *key, *value, *closed = PyObject_GetAttr(stream->part[TEXT], streams->py->n_closed);
    int same = closed == Py_False;
    Py_ssize_t at = 0;
    Py_XDECREF(closed);
    while (same && PyDict_Next(stream->settings, &at, &key, &value)) {
        PyObject *now = PyObject_GetAttr(stream->part[TEXT], key);
        same = now && PyObject_RichCompareBool(now, value, Py_EQ) == 1;
        Py_XDECREF(now);
    }
    PyErr_Clear();
    return same;
}

/* Whether a part has no attributes but the one that we set, and nobody else has the part. */
static int is_ours_alone(const struct stream *stream, int which, PyObject *attribute) {
    PyObject *attributes = PyObject_GenericGetDict(stream->part[which], NULL);
    int as_new = attributes && PyDict_Size(attributes) == (attribute != NULL) &&
                 (!attribute || PyDict_GetItem(attributes, attribute));
    Py_XDECREF(attributes);
    return as_new && Py_REFCNT(stream->part[which]) == stream->references[which];
}

static int is_attribute(PyObject *object, PyObject *name, PyObject *expected) {
    PyObject *value = PyObject_GetAttr(object, name);
    Py_XDECREF(value);
    return value == expected;
}

/* Some parts are made where they are, which leaves nothing of what was read or set in them. */
static int make_again(const struct streams *streams, struct stream *stream, int parts) {
    for (int i = 0; i < parts; i++) {
        initproc init = (initproc)PyType_GetSlot(Py_TYPE(stream->part[i]), Py_tp_init);
        if (init(stream->part[i], stream->arguments[i], i == TEXT ? stream->options : NULL) == -1)
            return 0;
    }
    return set_names(streams, stream);
}

static PyObject *another_text(const struct streams *streams, const struct stream *stream) {
    PyObject *text = PyObject_Call(streams->py->text_wrapper, stream->arguments[TEXT], stream->options);
    if (text && PyObject_SetAttr(text, streams->py->n_mode, stream->mode) == -1)
        Py_CLEAR(text);
    return text;
}

/* The end of a text that must not close the buffer, which others have too. */
static int let_go(const struct streams *streams, PyObject *text) {
    PyObject *buffer = PyObject_CallMethodObjArgs(text, streams->py->n_detach, NULL);
    Py_XDECREF(buffer);
    Py_DECREF(text);
    return buffer != NULL;
}

/* The next of the spare texts takes the place of the last. */
static int next_text(struct streams *streams, struct stream *stream) {
    PyObject *former = stream->part[TEXT];
    stream->part[TEXT] = streams->spare.text[--streams->spare.count];
    stream->references[FILE_IO]--;
    stream->references[BUFFER]--;
    return make_again(streams, stream, TEXT) && install(streams, stream) && let_go(streams, former);
}

/* Whether the parts are as they were put together, and nobody else has them. */
static int is_ours(const struct streams *streams, const struct stream *stream) {
    const struct python_refs *py = streams->py;
    PyObject *const attribute[] = {py->n_name, NULL, py->n_mode};
    for (int i = 0; i < PARTS; i++)
        if (!is_ours_alone(stream, i, attribute[i]))
            return 0;
    return is_attribute(stream->part[TEXT], py->n_buffer, stream->part[BUFFER]) &&
           is_attribute(stream->part[BUFFER], py->n_raw, stream->part[FILE_IO]);
}

static int renew_input(struct streams *streams, struct stream *stream) {
    return is_ours(streams, stream) &&
           (streams->spare.count ? next_text(streams, stream) : make_again(streams, stream, PARTS));
}

int renew_streams(struct streams *streams) {
    for (struct stream *stream = streams->stream; stream < streams->stream + 3; stream++) {
        /* The program's own goes first: its end may close what it shares with ours. */
        if (!install(streams, stream))
            return 0;
        int as_new = stream->number ? is_untouched(streams, stream) : renew_input(streams, stream);
        PyErr_Clear();
        if (!as_new && !(make(streams, stream) && install(streams, stream)))
            return 0;
    }
    return 1;
}

void flush_streams(const struct streams *streams) {
    for (int i = 1; i < 3; i++) {
        PyObject *text = streams->stream[i].part[TEXT];
        if (!text || PyDict_GetItem(streams->py->sys_dict, streams->stream[i].of_sys) == text)
            continue; /* flushed by that name */
        PyObject *result = PyObject_CallMethodObjArgs(text, streams->py->n_flush, NULL);
        Py_XDECREF(result);
        PyErr_Clear(); /* it may be closed */
    }
}

int keep_streams(struct streams *streams, PyObject *const settings[3]) {
    const struct python_refs *py = streams->py;
    PyObject *const of_sys[] = {py->n_stdin, py->n_stdout, py->n_stderr};
    PyObject *const of_sys_too[] = {py->n_dstdin, py->n_dstdout, py->n_dstderr};
    for (int i = 0; i < 3; i++) {
        struct stream *stream = streams->stream + i;
        stream->number = i;
        stream->settings = Py_NewRef(settings[i]);
        stream->options = PyDict_Copy(settings[i]);
        stream->name = PyUnicode_FromFormat("<%U>", of_sys[i]);
        stream->mode = i ? py->write : py->read;
        stream->of_sys = of_sys[i];
        stream->of_sys_too = of_sys_too[i];
        stream->part[TEXT] = i ? Py_XNewRef(PyDict_GetItem(py->sys_dict, of_sys[i])) : NULL;
        if (!stream->options || PyDict_SetItem(stream->options, py->n_newline, py->newline) == -1 || !stream->name ||
            (i && !stream->part[TEXT]))
            return 0;
    }
    return make(streams, streams->stream);
}

/* To write something, where nobody sees it. */
static void rehearse_writing(const struct python_refs *py) {
    PyObject *file = PyObject_CallFunction(py->file_io, "ss", "/dev/null", "w");
    PyObject *buffer = file ? PyObject_CallFunctionObjArgs(py->buffered_writer, file, NULL) : NULL;
    PyObject *text = buffer ? PyObject_CallFunctionObjArgs(py->text_wrapper, buffer, NULL) : NULL;
    if (text)
        PyFile_WriteString("\n", text);
    Py_XDECREF(text);
    Py_XDECREF(buffer);
    Py_XDECREF(file);
}

/* A line of the input, of which there is none. */
static int rehearse_reading(struct streams *streams) {
    const struct python_refs *py = streams->py;
    PyObject *former = Py_XNewRef(PyDict_GetItem(py->sys_dict, py->n_stdin));
    if (!former || set_anew(streams->names, py->sys_dict, py->n_stdin, streams->stream[0].part[TEXT]) == -1)
        return 0;
    Py_XDECREF(PyObject_CallNoArgs(py->input));
    PyErr_Clear();
    int restored = set_anew(streams->names, py->sys_dict, py->n_stdin, former) == 0;
    Py_DECREF(former);
    return restored;
}

int rehearse_streams(struct streams *streams) {
    struct stream *input = streams->stream;
    /* What comes of these does not matter. */
    rehearse_writing(streams->py);
    is_ours(streams, input);
    is_untouched(streams, streams->stream + 1);
    is_untouched(streams, streams->stream + 2);
    PyErr_Clear();
    PyObject *text = make(streams, input) ? another_text(streams, input) : NULL;
    return text && let_go(streams, text) && rehearse_reading(streams) && make_again(streams, input, PARTS);
}

int make_spare_texts(struct streams *streams) {
    struct stream *input = streams->stream;
    for (int *count = &streams->spare.count; *count < MAX_SPARE_TEXTS; (*count)++)
        if (!(streams->spare.text[*count] = another_text(streams, input)))
            return 0;
    for (int i = 0; i < TEXT; i++)
        input->references[i] = Py_REFCNT(input->part[i]);
    return 1;
}
