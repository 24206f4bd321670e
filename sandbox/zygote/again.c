/* A Python script run as the main program, once or again and again in one process: what python_main.py and again.py do,
 * where they would take longer than most scripts. Whatever is out of the ordinary is left to them. */

#include "native.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SPARE = 200, TASKS, DESCRIPTORS, BEGUN }; /* of again.py */
#define SIGNALS 64
#define COUNTS 4 /* of several.py: where output and messages end, CPU and wall time */
#define OWN_SYS 10

/* Looked up once, before any program runs, so that no program can replace them. */
static struct {
    PyObject *modules, *sys_dict, *builtins, *loader, *threading, *active, *limbo, *callbacks, *collect, *count, *enable;
    PyObject *trace, *profile, *digits, *stack_size, *default_context, *set_context;
    PyObject *signal_handler, *file_io, *reader, *writer, *wrapper, *status_of, *finish;
    PyObject *n_main, *n_file, *n_loader, *n_builtins, *n_cached, *n_flush, *n_stdin, *n_stdout, *n_stderr, *n_dstdin,
        *n_dstdout, *n_dstderr, *n_path, *n_argv, *n_at_exit, *n_name, *n_mode, *n_copy, *n_closed, *n_newline, *newline, *zero;
} of;

/* What the interpreter held before its first program: the entries of builtins, sys and sys.modules, in order. The third
 * and the fourth are sys.modules without and with the modules of ours. */
enum { BUILTINS, SYS, MODULES, WITH_OURS, KEPT };
static struct {
    PyObject *dict, *keys, *values;
} kept[KEPT];
static int modules_kept = MODULES;
static PyObject *changing[OWN_SYS]; /* names of sys that each test has anew */

static struct {
    PyObject *argv, *path, *like[3], *made_with[3], *stream[3];
    int recursion;
    long digits;
    char *cwd;
} before;

static PyObject *attribute(const char *module_name, const char *name) {
    PyObject *module = PyImport_ImportModule(module_name);
    PyObject *value = module ? PyObject_GetAttrString(module, name) : NULL;
    Py_XDECREF(module);
    return value;
}

/* Arguments: python_main's functions for a script that was not caught and for an end that is not plain. */
PyObject *prepare_scripts(PyObject *self, PyObject *arguments) {
    if (!PyArg_ParseTuple(arguments, "OO", &of.status_of, &of.finish))
        return NULL;
    Py_INCREF(of.status_of);
    Py_INCREF(of.finish);
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
    };
    static const struct {
        PyObject **to;
        const char *name;
    } names[] = {
        {&of.n_main, "__main__"},       {&of.n_file, "__file__"},         {&of.n_loader, "__loader__"},
        {&of.n_builtins, "__builtins__"}, {&of.n_cached, "__cached__"},   {&of.n_flush, "flush"},
        {&of.n_stdin, "stdin"},         {&of.n_stdout, "stdout"},         {&of.n_stderr, "stderr"},
        {&of.n_dstdin, "__stdin__"},    {&of.n_dstdout, "__stdout__"},    {&of.n_dstderr, "__stderr__"},
        {&of.n_path, "path"},           {&of.n_argv, "argv"},             {&of.n_at_exit, "_threading_atexits"},
        {&of.n_name, "name"},           {&of.n_mode, "mode"},             {&of.n_copy, "copy"},
        {&of.n_closed, "closed"},       {&of.n_newline, "newline"},       {&of.newline, "\n"},
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
    static const char *const own[OWN_SYS] = {"argv",      "orig_argv",  "stdin",      "stdout", "stderr",
                                             "__stdin__", "__stdout__", "__stderr__", NULL};
    for (int i = 0; i < OWN_SYS && own[i]; i++)
        changing[i] = PyUnicode_InternFromString(own[i]);
    return of.builtins && of.threading && of.zero ? Py_NewRef(Py_None) : NULL;
}

/* Arguments: which, and the dictionary. */
PyObject *keep(PyObject *self, PyObject *arguments) {
    int which;
    PyObject *dict;
    if (!PyArg_ParseTuple(arguments, "iO!", &which, &PyDict_Type, &dict))
        return NULL;
    Py_XDECREF(kept[which].dict);
    Py_XDECREF(kept[which].keys);
    Py_XDECREF(kept[which].values);
    kept[which].dict = Py_NewRef(dict);
    kept[which].keys = PyDict_Keys(dict);
    kept[which].values = PyDict_Values(dict);
    return kept[which].keys && kept[which].values ? Py_NewRef(Py_None) : NULL;
}

/* As a dictionary, for those who put it back. */
PyObject *what_was_kept(PyObject *self, PyObject *number) {
    long which = PyLong_AsLong(number);
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0, n = PyList_Size(kept[which].keys); dict && i < n; i++)
        if (PyDict_SetItem(dict, PyList_GetItem(kept[which].keys, i), PyList_GetItem(kept[which].values, i)) == -1)
            return NULL;
    return dict;
}

/* Whether a dictionary holds the objects that it held. Compared by address: to compare them as Python does would write to
 * each, and copy the page that it is on. */
static int same(int which, PyObject *const *but) {
    PyObject *dict = kept[which].dict, *key, *value;
    Py_ssize_t at = 0, number = 0;
    if (PyDict_Size(dict) != PyList_Size(kept[which].keys))
        return 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (key != PyList_GetItem(kept[which].keys, number))
            return 0;
        if (value != PyList_GetItem(kept[which].values, number)) {
            PyObject *const *allowed = but;
            while (*allowed && !(PyUnicode_Check(key) && PyUnicode_Compare(*allowed, key) == 0))
                allowed++;
            if (!*allowed)
                return 0;
        }
        number++;
    }
    return 1;
}

static PyObject *new_main(PyObject *path) {
    PyObject *module = PyModule_New("__main__");
    PyObject *names = module ? PyModule_GetDict(module) : NULL;
    PyObject *loader = names ? PyObject_CallFunctionObjArgs(of.loader, of.n_main, path, NULL) : NULL;
    int made = loader && PyDict_SetItem(names, of.n_file, path) == 0 &&
               PyDict_SetItem(names, of.n_loader, loader) == 0 &&
               PyDict_SetItem(names, of.n_builtins, of.builtins) == 0 &&
               PyDict_SetItem(names, of.n_cached, Py_None) == 0 &&
               PyDict_SetItem(of.modules, of.n_main, module) == 0;
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

/* What came of an exception that nobody caught. */
static int status_of(void) {
    PyObject *kind, *error, *trace;
    PyErr_Fetch(&kind, &error, &trace);
    PyErr_NormalizeException(&kind, &error, &trace);
    if (trace)
        PyException_SetTraceback(error, trace);
    Py_XDECREF(kind);
    Py_XDECREF(trace);
    PyObject *status = PyObject_CallFunctionObjArgs(of.status_of, error, NULL);
    Py_XDECREF(error);
    int number = status ? PyLong_AsLong(status) : -1;
    Py_XDECREF(status);
    return number;
}

struct ended {
    int status, plainly;
};

/* The end by python_main.py, _finish. Whether that worked. */
static int finish(struct ended *ended, PyObject *module, long calls_before) {
    PyObject *told = PyObject_CallFunction(of.finish, "iOl", ended->status, module, calls_before);
    int worked = told && PyArg_ParseTuple(told, "ip", &ended->status, &ended->plainly);
    Py_XDECREF(told);
    return worked;
}

/* python_main.py, run_script. With ``first`` all garbage is looked for, else only where a script left containers that had
 * not been there. Whether it worked: what the script does never makes it fail. */
static int run(PyObject *code, PyObject *path, PyObject *directory, int first, struct ended *ended) {
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
        clear(names);
        PyObject *left = PyObject_CallNoArgs(of.count);
        if (first || !left || !count || PyObject_RichCompareBool(left, count, Py_EQ) != 1)
            Py_XDECREF(PyObject_CallNoArgs(of.collect));
        Py_XDECREF(left);
        PyErr_Clear();
        if (!flush(of.n_stdout) || !flush(of.n_dstdout))
            worked = finish(ended, module, calls_before);
    } else if (worked)
        worked = finish(ended, module, calls_before);
    Py_XDECREF(count);
    Py_DECREF(module);
    return worked;
}

/* Arguments: code, path, directory. Returns status and whether it ended plainly. */
PyObject *run_first(PyObject *self, PyObject *arguments) {
    PyObject *code, *path, *directory;
    struct ended ended;
    if (!PyArg_ParseTuple(arguments, "OOO", &code, &path, &directory) || !run(code, path, directory, 1, &ended))
        return NULL;
    return Py_BuildValue("iO", ended.status, ended.plainly ? Py_True : Py_False);
}

/* Arguments: search path, working directory, recursion limit, digits, and for each standard stream the settings that it
 * was made with. */
PyObject *keep_state(PyObject *self, PyObject *arguments) {
    const char *cwd;
    if (!PyArg_ParseTuple(arguments, "O!silO!O!O!", &PyList_Type, &before.path, &cwd, &before.recursion, &before.digits,
                          &PyDict_Type, &before.like[0], &PyDict_Type, &before.like[1], &PyDict_Type, &before.like[2]))
        return NULL;
    Py_INCREF(before.path);
    before.cwd = strdup(cwd);
    PyObject *const names[] = {of.n_stdin, of.n_stdout, of.n_stderr};
    for (int i = 0; i < 3; i++) {
        Py_INCREF(before.like[i]);
        before.made_with[i] = PyDict_Copy(before.like[i]);
        if (!before.made_with[i] || PyDict_SetItem(before.made_with[i], of.n_newline, of.newline) == -1)
            return NULL;
        before.stream[i] = Py_XNewRef(PyDict_GetItemWithError(of.sys_dict, names[i]));
    }
    return before.stream[0] && before.stream[1] && before.stream[2] ? Py_NewRef(Py_None) : NULL;
}

static int open_at(int number, const char *path) {
    int opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int placed = opened == -1 ? -1 : dup3(opened, number, O_CLOEXEC);
    close(opened);
    return placed;
}

/* again.py, _settle. Arguments: the socket to ask for more, and the command line. */
PyObject *settle(PyObject *self, PyObject *arguments) {
    int asks;
    PyObject *argv;
    if (!PyArg_ParseTuple(arguments, "iO!", &asks, &PyList_Type, &argv))
        return NULL;
    before.argv = PyList_GetSlice(argv, 0, PyList_Size(argv));
    close_from(3, asks);
    if (open_at(TASKS, "/proc/self/task") == -1 || open_at(DESCRIPTORS, "/proc/self/fd") == -1 ||
        dup3(0, SPARE, O_CLOEXEC) == -1)
        return PyErr_SetFromErrno(PyExc_OSError);
    return before.argv ? Py_NewRef(Py_None) : NULL;
}

static int64_t count_descriptors(void) {
    struct stat status;
    if (fstat(DESCRIPTORS, &status) == 0 && status.st_size > 0) /* from Linux 6.2 on */
        return status.st_size;
    int64_t count = 0;
    DIR *listed = opendir("/proc/self/fd");
    while (listed && readdir(listed))
        count++;
    closedir(listed);
    return count;
}

static uint64_t hash_environment(void) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (char **variable = environ; variable && *variable; variable++)
        for (const char *at = *variable;; at++) {
            hash = (hash ^ (unsigned char)*at) * 1099511628211u;
            if (!*at)
                break;
        }
    return hash;
}

/* again.py, _of_process, as bytes that differ where that would. */
PyObject *of_process(PyObject *self, PyObject *unused) {
    struct {
        int64_t children, threads, descriptors, streams[4], environment;
        void *handlers[SIGNALS + 1], *interrupt;
        struct itimerval timers[3];
        struct rlimit limits[7];
    } found;
    static const int limits[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK};
    memset(&found, 0, sizeof found);
    siginfo_t info;
    struct stat status;
    found.children = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
    found.threads = fstat(TASKS, &status) == 0 ? (int64_t)status.st_nlink : -1; /* one for each, whoever started it */
    found.descriptors = count_descriptors();
    for (int i = 0; i < 2; i++)
        if (fstat(i + 1, &status) == 0) {
            found.streams[2 * i] = status.st_dev;
            found.streams[2 * i + 1] = status.st_ino;
        }
    found.environment = hash_environment();
    for (int i = 1; i <= SIGNALS; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0)
            found.handlers[i] = (void *)action.sa_handler;
    }
    /* Others that Python handles have the kernel's answer changed. */
    PyObject *interrupt = PyObject_CallFunction(of.signal_handler, "i", SIGINT);
    found.interrupt = interrupt;
    Py_XDECREF(interrupt);
    for (int i = 0; i < 3; i++)
        getitimer((int[]){ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}[i], &found.timers[i]);
    for (int i = 0; i < 7; i++)
        getrlimit(limits[i], &found.limits[i]);
    return interrupt ? PyBytes_FromStringAndSize((char *)&found, sizeof found) : NULL;
}

/* again.py, _Stream._untouched. */
static int untouched(PyObject *stream, PyObject *like) {
    PyObject *key, *value, *closed = PyObject_GetAttr(stream, of.n_closed);
    int same_as = closed == Py_False;
    Py_ssize_t at = 0;
    Py_XDECREF(closed);
    while (same_as && PyDict_Next(like, &at, &key, &value)) {
        PyObject *now = PyObject_GetAttr(stream, key);
        same_as = now && PyObject_RichCompareBool(now, value, Py_EQ) == 1;
        Py_XDECREF(now);
    }
    PyErr_Clear();
    return same_as;
}

/* again.py, _Stream.as_new: the standard stream of a number, and its name. */
static PyObject *new_stream(int number, PyObject *name) {
    PyObject *mode = PyUnicode_FromString(number ? "w" : "r"), *wrapper = NULL, *binary = NULL;
    PyObject *raw = mode ? PyObject_CallFunction(of.file_io, "iOO", number, mode, Py_False) : NULL;
    PyObject *shown = PyUnicode_FromFormat("<%U>", name);
    if (raw && shown && PyObject_SetAttr(raw, of.n_name, shown) == 0)
        binary = PyObject_CallFunctionObjArgs(number ? of.writer : of.reader, raw, NULL);
    PyObject *arguments = binary ? PyTuple_Pack(1, binary) : NULL;
    if (arguments && (wrapper = PyObject_Call(of.wrapper, arguments, before.made_with[number])) &&
        PyObject_SetAttr(wrapper, of.n_mode, mode) == -1)
        Py_CLEAR(wrapper);
    Py_XDECREF(arguments);
    Py_XDECREF(binary);
    Py_XDECREF(raw);
    Py_XDECREF(shown);
    Py_XDECREF(mode);
    return wrapper;
}

static int set_stream(int number) {
    PyObject *const names[] = {of.n_stdin, of.n_stdout, of.n_stderr}, *const originals[] = {of.n_dstdin, of.n_dstdout, of.n_dstderr};
    return PyDict_SetItem(of.sys_dict, names[number], before.stream[number]) == 0 &&
           PyDict_SetItem(of.sys_dict, originals[number], before.stream[number]) == 0;
}

static int renew_streams(void) {
    PyObject *const names[] = {of.n_stdin, of.n_stdout, of.n_stderr};
    for (int i = 0; i < 3; i++) {
        /* The program's own goes first: its end may close what it shares with ours. */
        if (!set_stream(i))
            return 0;
        if (i == 0 || !untouched(before.stream[i], before.like[i])) {
            PyObject *made = new_stream(i, names[i]);
            if (!made)
                return 0;
            Py_DECREF(before.stream[i]);
            before.stream[i] = made;
            if (!set_stream(i))
                return 0;
        }
    }
    return 1;
}

static int called(PyObject *function, PyObject *argument) {
    PyObject *done = PyObject_CallFunctionObjArgs(function, argument, NULL);
    Py_XDECREF(done);
    return done != NULL;
}

/* again.py, _Interpreter.restored; names that hold something else are put back by ``names``, _Names.restored. */
static int restored(PyObject *names) {
    dup2(SPARE, 0);
    PyObject *const none[] = {NULL}, *const main[] = {of.n_main, NULL};
    if (!called(of.trace, Py_None) || !called(of.profile, Py_None))
        return 0;
    if (!same(BUILTINS, none) || !same(SYS, changing) || !same(modules_kept, main)) {
        PyObject *done = PyObject_CallNoArgs(names);
        Py_XDECREF(done);
        if (done != Py_True)
            return 0;
    }
    PyObject *argv = PyList_GetSlice(before.argv, 0, PyList_Size(before.argv));
    PyObject *search = PyDict_GetItemWithError(of.sys_dict, of.n_path);
    PyObject *digits = PyLong_FromLong(before.digits), *context = PyObject_CallMethodObjArgs(of.default_context, of.n_copy, NULL);
    int done = argv && search && digits && context && PyDict_SetItem(of.sys_dict, of.n_argv, argv) == 0 &&
               PyList_SetSlice(search, 0, PyList_Size(search), before.path) == 0 &&
               called(of.digits, digits) && called(of.stack_size, of.zero) &&
               called(of.enable, NULL) && called(of.set_context, context) && chdir(before.cwd) == 0 && renew_streams();
    Py_SetRecursionLimit(before.recursion);
    umask(022);
    Py_XDECREF(argv);
    Py_XDECREF(digits);
    Py_XDECREF(context);
    PyErr_Clear();
    return done;
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* again.py, _Tests._copied. */
static int64_t copied(const char *name) {
    int file = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file == -1)
        return -1;
    struct stat status = {0};
    fstat(file, &status);
    char *data = malloc(status.st_size + 1);
    ssize_t size = read(file, data, status.st_size);
    close(file);
    for (ssize_t written = 0, now; written < size; written += now)
        if ((now = write(1, data + written, size - written)) <= 0)
            break;
    free(data);
    return lseek(1, 0, SEEK_CUR);
}

/* A batch as request.py has it, and where we are in it. */
struct batch {
    const char *of_test, *contents;
    uint32_t count;
    uint64_t turn_ns;
};

static struct batch opened(const char *data) {
    struct batch batch;
    memcpy(&batch.turn_ns, data, 8);
    memcpy(&batch.count, data + 8, 4);
    const char *at = batch.of_test = data + 12;
    for (uint32_t i = 0, files; i < batch.count; i++) {
        memcpy(&files, at + 8, 4);
        for (at += 12; files > 0; files--)
            at += 8 + strlen(at + 8) + 1;
    }
    batch.contents = at;
    return batch;
}

/* again.py, _Tests.next: the next test's input and files are put where the one before had its own. */
static int put(struct batch *batch, char **collect) {
    uint64_t size;
    uint32_t files;
    memcpy(&size, batch->of_test, 8);
    memcpy(&files, batch->of_test + 8, 4);
    batch->of_test += 12;
    if (pwrite(0, batch->contents, size, 0) != (ssize_t)size || ftruncate(0, size) == -1 || lseek(0, 0, SEEK_SET) == -1)
        return 0;
    batch->contents += size;
    for (; *collect; collect++)
        unlink(*collect);
    for (; files > 0; files--) {
        memcpy(&size, batch->of_test, 8);
        if (place(batch->of_test + 8, batch->contents, size) == -1)
            return 0;
        batch->of_test += 8 + strlen(batch->of_test + 8) + 1;
        batch->contents += size;
    }
    return 1;
}

/* Argument: _Names.restored. Whether all could be put back. */
PyObject *restore(PyObject *self, PyObject *names) { return PyBool_FromLong(restored(names)); }

/* Arguments: the batch, code, path, directory, names to collect, _Names.restored. Returns what is to be said of the
 * tests that ended, and whether the process ends, and how, with the one after those. */
PyObject *run_batch(PyObject *self, PyObject *arguments) {
    const char *data;
    Py_ssize_t size;
    PyObject *code, *path, *directory, *collect, *restore_names;
    if (!PyArg_ParseTuple(arguments, "y#OOOO!O", &data, &size, &code, &path, &directory, &PyTuple_Type, &collect, &restore_names))
        return NULL;
    Py_ssize_t names = PyTuple_Size(collect);
    struct batch batch = opened(data);
    char **to_collect = calloc(names + 1, sizeof *to_collect);
    for (Py_ssize_t i = 0; i < names; i++)
        to_collect[i] = PyBytes_AsString(PyTuple_GetItem(collect, i));
    if (!to_collect || PyErr_Occurred())
        return NULL;
    int64_t *said = malloc((COUNTS + names) * 8 * (size_t)batch.count), *at = said;
    int64_t until = nanoseconds(CLOCK_MONOTONIC) + batch.turn_ns;
    pid_t pid = getpid();
    struct ended ended = {0, 1};
    int last = 0;
    for (int64_t begun = 1; begun <= batch.count && nanoseconds(CLOCK_MONOTONIC) <= until; begun++) {
        if (pwrite(BEGUN, &begun, sizeof begun, 0) == -1 || !put(&batch, to_collect))
            goto broken;
        int64_t cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID), wall = nanoseconds(CLOCK_MONOTONIC);
        if (!run(code, path, directory, 0, &ended))
            goto broken;
        if (getpid() != pid) /* a fork of the program's that came to its end */
            _exit(ended.status);
        cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
        wall = nanoseconds(CLOCK_MONOTONIC) - wall;
        if ((last = ended.status || !ended.plainly || !restored(restore_names)))
            break;
        *at++ = lseek(1, 0, SEEK_CUR);
        *at++ = lseek(2, 0, SEEK_CUR);
        *at++ = cpu;
        *at++ = wall;
        for (char **name = to_collect; *name; name++)
            *at++ = copied(*name);
    }
    free(to_collect);
    PyObject *result = Py_BuildValue("y#Oi", (char *)said, (Py_ssize_t)((char *)at - (char *)said),
                                     last ? Py_True : Py_False, ended.status);
    free(said);
    return result;
broken:
    free(to_collect);
    free(said);
    if (!PyErr_Occurred())
        PyErr_SetFromErrno(PyExc_OSError);
    return NULL;
}

/* Arguments: whether sys.modules has the modules of ours. */
PyObject *with_ours(PyObject *self, PyObject *whether) {
    modules_kept = PyObject_IsTrue(whether) ? WITH_OURS : MODULES;
    return Py_NewRef(Py_None);
}
