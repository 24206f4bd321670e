/* Several tests of one Python program in one process.
 *
 * The first test is as in a process of its own. After it, and after each batch, the process must be as it was found:
 * what can be put back (streams, builtins, sys, ...) is put back after each test, and anything else that differs
 * (threads, children, descriptors, signal handlers, ...) ends the process. What a program changes inside the library's
 * modules is not seen; docs/grading.md says why verdicts do not depend on it. */

#include "native.h"

#include "messages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SPARE = 200,
    TASKS,
    DESCRIPTORS,
    DIRECTORY
}; /* descriptors out of the way of programs; the last is where programs start */
#define SIGNALS 64
#define LOOKS 50
#define REHEARSALS 32
#define FNV 14695981039346656037u /* FNV-1a's first value */

/* What the interpreter held before its first program: the entries of builtins, sys and sys.modules, in order. The third
 * and the fourth are sys.modules without and with the modules of ours. */
enum { BUILTINS, SYS, MODULES, WITH_OURS, KEPT };
static struct {
    PyObject *dict, *keys, *values;
    uint64_t version; /* when all was as it is kept; 0: not known */
} kept[KEPT];
static int modules_kept = MODULES;
static PyObject *changing[NAMES_SET_ANEW_COUNT + 1]; /* names of sys that each test has anew */

static struct {
    PyObject *argv, *path, *digits;
    int recursion;
    char *cwd;
} before;

static int keep(int which, PyObject *dict) {
    Py_XDECREF(kept[which].keys);
    Py_XDECREF(kept[which].values);
    kept[which].dict = dict;
    kept[which].version = 0;
    kept[which].keys = PyDict_Keys(dict);
    kept[which].values = PyDict_Values(dict);
    return kept[which].keys && kept[which].values;
}

static PyObject *as_dictionary(int which) {
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0, n = PyList_Size(kept[which].keys); dict && i < n; i++)
        if (PyDict_SetItem(dict, PyList_GetItem(kept[which].keys, i), PyList_GetItem(kept[which].values, i)) == -1)
            return NULL;
    return dict;
}

/* What builtins, sys and sys.modules held before any test, for those who put it back. */
PyObject *names_kept(PyObject *self, PyObject *unused) {
    return Py_BuildValue("NNN", as_dictionary(BUILTINS), as_dictionary(SYS), as_dictionary(modules_kept));
}

/* The modules that are there now are always there. */
PyObject *keep_modules(PyObject *self, PyObject *unused) {
    return keep(modules_kept, of.modules) ? Py_NewRef(Py_None) : NULL;
}

void show_ours(void) {
    PyDict_Update(of.modules, of.ours);
    modules_kept = WITH_OURS;
}

/* Whether a dictionary holds the objects that it held. Compared by address: to compare them as Python does would write
 * to each, and copy the page that it is on. */
static int same(int which, PyObject *const *but) {
    PyObject *dict = kept[which].dict, *key, *value;
    Py_ssize_t at = 0, number = 0;
    uint64_t version = version_of(dict);
    if (version && version == kept[which].version)
        return 1;
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
    kept[which].version = version;
    return 1;
}

/* Set a name that each test has anew, in sys or sys.modules. The dictionary stays known to be as it was; not so where
 * the end of the former value, which may run what the program likes, changes it. */
int set_anew(PyObject *dict, PyObject *name, PyObject *value) {
    PyObject *former = Py_XNewRef(PyDict_GetItem(dict, name));
    uint64_t before = version_of(dict);
    int done = PyDict_SetItem(dict, name, value);
    for (int i = 0; i < KEPT; i++)
        if (kept[i].dict == dict && kept[i].version == before)
            kept[i].version = version_of(dict);
    Py_XDECREF(former);
    return done;
}

static int open_at(int number, const char *path, int how) {
    int opened = open(path, how | O_DIRECTORY | O_CLOEXEC);
    int placed = opened == -1 ? -1 : dup3(opened, number, O_CLOEXEC);
    close(opened);
    return placed;
}

/* Close what is not needed, and open what is looked at after each test. */
static int settle(int asks) {
    close_from(3, asks);
    return open_at(TASKS, "/proc/self/task", O_RDONLY) != -1 && open_at(DESCRIPTORS, "/proc/self/fd", O_RDONLY) != -1 &&
           open_at(DIRECTORY, before.cwd, O_PATH) != -1 && dup3(0, SPARE, O_CLOEXEC) != -1;
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

static uint64_t hash_text(const char *text, uint64_t hash) {
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash * 1099511628211u;
}

static uint64_t hash_environment(void) {
    uint64_t hash = FNV;
    for (char **variable = environ; variable && *variable; variable++)
        hash = hash_text(*variable, hash);
    return hash;
}

/* What only a new process has as it was. */
struct process {
    int64_t children, threads, descriptors, streams[4], environment;
    struct itimerval timers[3];
    struct rlimit limits[7];
};

static void look_at_streams(int64_t streams[4]) {
    struct stat status;
    for (int i = 0; i < 2; i++)
        if (fstat(i + 1, &status) == 0) {
            streams[2 * i] = status.st_dev;
            streams[2 * i + 1] = status.st_ino;
        }
}

static struct process look(void) {
    static const int limits[] = {RLIMIT_AS,     RLIMIT_CPU,   RLIMIT_DATA, RLIMIT_FSIZE,
                                 RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK};
    static const int timers[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
    struct process found;
    memset(&found, 0, sizeof found); /* padding too, since all of it is compared */
    siginfo_t info;
    struct stat status;
    found.children = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
    found.threads = fstat(TASKS, &status) == 0 ? (int64_t)status.st_nlink : -1; /* one for each, whoever started it */
    found.descriptors = count_descriptors();
    look_at_streams(found.streams);
    found.environment = hash_environment();
    for (int i = 0; i < 3; i++)
        getitimer(timers[i], &found.timers[i]);
    for (int i = 0; i < 7; i++)
        getrlimit(limits[i], &found.limits[i]);
    return found;
}

struct signals {
    void *handlers[SIGNALS + 1], *interrupt;
};

static struct signals look_at_signals(void) {
    struct signals found;
    memset(&found, 0, sizeof found);
    for (int i = 1; i <= SIGNALS; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0)
            found.handlers[i] = (void *)action.sa_handler;
    }
    /* Where Python handles another signal, the kernel's answer has changed. */
    PyObject *interrupt = PyObject_CallFunction(of.signal_handler, "i", SIGINT);
    found.interrupt = interrupt;
    Py_XDECREF(interrupt);
    PyErr_Clear();
    return found;
}

/* The names in the first few directories that a program may write in, but those that are collected: a number that
 * differs where they do, in whatever order they are listed. */
static uint64_t list(char **collect, int count) {
    static const char *const directories[] = {BOX_DIRECTORIES};
    uint64_t sum = 0;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", box(), directories[i]);
        DIR *listed = opendir(path);
        for (struct dirent *entry; listed && (entry = readdir(listed));) {
            char **made = collect;
            while (*made && strcmp(*made, entry->d_name))
                made++;
            if (!*made && strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
                sum += hash_text(entry->d_name, FNV + i);
        }
        if (listed)
            closedir(listed);
    }
    return sum;
}

static struct statvfs space(void) {
    struct statvfs space = {0};
    statvfs(before.cwd, &space);
    return space;
}

static struct {
    struct process process;
    struct signals signals; /* as they are for every program */
    struct statvfs space;
    uint64_t names;
} first;

/* Whether there is nothing that could not be put back. A thread that was joined may still be about to end. */
static int unchanged(char **collect) {
    struct process found;
    int looks = LOOKS;
    while (found = look(), memcmp(&found, &first.process, sizeof found))
        if (--looks == 0)
            return 0;
        else
            sched_yield();
    struct signals signals = look_at_signals();
    if (memcmp(&signals, &first.signals, sizeof signals))
        return 0;
    /* In a file system of the jail's own nothing can be made without this being seen, and it takes no listing. */
    struct statvfs now = space();
    if (now.f_ffree == first.space.f_ffree && now.f_bfree == first.space.f_bfree)
        return 1;
    first.space = now;
    return list(collect, BOX_DIRECTORIES_COUNT) == first.names;
}

static int called(PyObject *function, PyObject *argument) {
    PyObject *done = PyObject_CallFunctionObjArgs(function, argument, NULL);
    Py_XDECREF(done);
    return done != NULL;
}

/* Names that hold something else are put back by Names.restored. */
static int names_restored(void) {
    PyObject *const none[] = {NULL}, *const main[] = {of.n_main, NULL};
    if (same(BUILTINS, none) && same(SYS, changing) && same(modules_kept, main))
        return 1;
    PyObject *done = PyObject_CallNoArgs(of.restore_names);
    Py_XDECREF(done);
    return done == Py_True;
}

static int interpreter_restored(void) {
    if (!called(of.trace, Py_None) || !called(of.profile, Py_None) || !names_restored())
        return 0;
    PyObject *argv = PyList_GetSlice(before.argv, 0, PyList_Size(before.argv));
    PyObject *search = PyDict_GetItemWithError(of.sys_dict, of.n_path);
    int done = argv && search && set_anew(of.sys_dict, of.n_argv, argv) == 0 &&
               PyList_SetSlice(search, 0, PyList_Size(search), before.path) == 0 && called(of.digits, before.digits) &&
               called(of.stack_size, of.zero) && called(of.enable, NULL);
    Py_XDECREF(argv);
    return done;
}

/* Put the interpreter back as it was. Whether that worked. */
static int restored(void) {
    dup2(SPARE, 0);
    int done = interpreter_restored() && called(of.set_context, of.default_context) && fchdir(DIRECTORY) == 0 &&
               renew_streams();
    Py_SetRecursionLimit(before.recursion);
    umask(UMASK);
    PyErr_Clear();
    return done;
}

/* Keep all that is to be found again after each test. Arguments: search path, working directory, recursion limit,
 * digits, and for each standard stream the settings that it was made with. */
PyObject *keep_state(PyObject *self, PyObject *arguments) {
    static const char *const own[] = {NAMES_SET_ANEW};
    const char *cwd;
    PyObject *like[3];
    if (!PyArg_ParseTuple(arguments, "O!siOO!O!O!", &PyList_Type, &before.path, &cwd, &before.recursion, &before.digits,
                          &PyDict_Type, &like[0], &PyDict_Type, &like[1], &PyDict_Type, &like[2]))
        return NULL;
    Py_INCREF(before.path);
    Py_INCREF(before.digits);
    before.cwd = strdup(cwd);
    for (size_t i = 0; i < NAMES_SET_ANEW_COUNT; i++)
        if (!(changing[i] = PyUnicode_InternFromString(own[i])))
            return NULL;
    PyObject *name;
    Py_ssize_t at = 0;
    try_versions();
    if (!keep_streams(like) || !keep(BUILTINS, PyModule_GetDict(of.builtins)) || !keep(SYS, of.sys_dict) ||
        !keep(MODULES, of.modules) || PyDict_Update(of.modules, of.ours) == -1 || !keep(WITH_OURS, of.modules))
        return NULL;
    while (PyDict_Next(of.ours, &at, &name, NULL))
        if (PyDict_DelItem(of.modules, name) == -1)
            return NULL;
    first.signals = look_at_signals();
    /* What is done for the first time has the interpreter remember how, in pages that a child would have to copy. */
    before.argv = Py_XNewRef(PyDict_GetItemWithError(of.sys_dict, of.n_argv));
    for (int i = 0; i < REHEARSALS; i++)
        if (!before.argv || !interpreter_restored() || !rehearse_streams())
            return NULL;
    if (!get_texts_ready())
        return NULL;
    return Py_NewRef(Py_None);
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Append a collected file to the output. Returns where it ends there, or -1 where there is none. */
static int64_t copied(const char *name) {
    int file = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file == -1)
        return -1;
    struct stat status = {0};
    if (fstat(file, &status) == -1 || !S_ISREG(status.st_mode)) {
        close(file);
        return -1;
    }
    char *data = malloc(status.st_size + 1);
    ssize_t size = read(file, data, status.st_size);
    close(file);
    for (ssize_t written = 0, now; written < size; written += now)
        if ((now = write(1, data + written, size - written)) <= 0)
            break;
    free(data);
    return lseek(1, 0, SEEK_CUR);
}

/* How many tests of a batch were begun, in the owner's sight. */
static struct progress_record *begun;

/* The next test's input and files are put where the one before had its own. */
static int put(struct batch *batch, char **collect) {
    struct input input = next_input(batch);
    struct stat status;
    if (pwrite(0, input.contents, input.size, 0) != (ssize_t)input.size || fstat(0, &status) == -1 ||
        ((uint64_t)status.st_size != input.size && ftruncate(0, input.size) == -1) || lseek(0, 0, SEEK_SET) == -1)
        return 0;
    for (; *collect; collect++)
        unlink(*collect);
    for (; input.files > 0; input.files--) {
        struct file file = next_file(&batch->files);
        if (place(file.name, file.contents, file.size) == -1)
            return 0;
    }
    return 1;
}

/* A test is over: whether another may follow it in this process. */
static int may_follow(const struct ended *ended, pid_t pid) {
    if (getpid() != pid) /* a fork of the program's that came to its end */
        _exit(ended->status);
    return !ended->status && ended->plainly;
}

/* What is to be said of tests that ended, and whether the process ends with the one after those. */
struct done {
    char *said;
    size_t size;
    int last;
    struct ended ended;
};

static char *append(char *to, const void *record, size_t size) {
    memcpy(to, record, size);
    return to + size;
}

/* Run the tests of a batch, at least one, until its turn is over or one leaves something. */
static struct done run_batch(struct batch batch, PyObject *code, PyObject *path, PyObject *directory, char **collect) {
    struct done done = {NULL, 0, 0, {0, 1}};
    size_t names = 0;
    while (collect[names])
        names++;
    const size_t count = batch.count;
    char *at = malloc((sizeof(struct claim_record) + names * sizeof(struct file_end_record)) * (count + 1));
    int64_t wall = nanoseconds(CLOCK_MONOTONIC), until = wall + batch.turn_ns;
    int64_t cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    pid_t pid = getpid();
    done.said = at;
    if (!at || ftruncate(1, 0) == -1 || ftruncate(2, 0) == -1)
        _exit(0);
    lseek(1, 0, SEEK_SET);
    lseek(2, 0, SEEK_SET);
    for (uint32_t test = 1; test <= count && (test == 1 || wall <= until); test++) {
        begun->tests = test;
        if (!put(&batch, collect))
            _exit(0);
        int64_t cpu_before = cpu, wall_before = nanoseconds(CLOCK_MONOTONIC);
        if (!run(code, path, directory, NEW, &done.ended))
            _exit(0);
        wall = nanoseconds(CLOCK_MONOTONIC);
        if ((done.last = !(may_follow(&done.ended, pid) && restored())))
            break;
        /* All that was done for a test, since the owner knows no more than what all of them took together. */
        cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
        struct claim_record claim = {lseek(1, 0, SEEK_CUR), lseek(2, 0, SEEK_CUR), cpu - cpu_before,
                                     wall - wall_before};
        at = append(at, &claim, sizeof claim);
        for (char **name = collect; *name; name++) {
            struct file_end_record end = {copied(*name)};
            at = append(at, &end, sizeof end);
        }
    }
    done.size = at - done.said;
    return done;
}

/* Tell what the tests did. */
static void tell(int asks, enum word word, const char *said, size_t size) {
    char first = word;
    struct iovec parts[] = {{&first, 1}, {(char *)said, size}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (sendmsg(asks, &message, MSG_NOSIGNAL) == -1)
        _exit(0);
}

/* The next batch, and with the first one the files that are the standard streams from now on. */
static const char *taken(int asks, size_t *size) {
    int descriptors[MAX_DESCRIPTORS], count = receive(asks, descriptors);
    struct stat status;
    if (count <= BATCH_DESCRIPTOR_BODY || fstat(descriptors[BATCH_DESCRIPTOR_BODY], &status) == -1)
        _exit(0);
    const char *data =
        mmap(NULL, *size = status.st_size, PROT_READ, MAP_PRIVATE, descriptors[BATCH_DESCRIPTOR_BODY], 0);
    if (data == MAP_FAILED)
        _exit(0);
    if (count == BATCH_DESCRIPTOR_PROGRESS + 1) {
        for (int i = 0; i < 3; i++)
            dup2(descriptors[BATCH_DESCRIPTOR_STDIN + i], i);
        dup3(0, SPARE, O_CLOEXEC);
        look_at_streams(first.process.streams);
        int progress = descriptors[BATCH_DESCRIPTOR_PROGRESS];
        if (ftruncate(progress, sizeof *begun) == -1)
            _exit(0);
        begun = mmap(NULL, sizeof *begun, PROT_WRITE, MAP_SHARED, progress, 0);
    }
    for (int i = 0; i < count; i++)
        close(descriptors[i]);
    if (!begun || begun == MAP_FAILED)
        _exit(0);
    return data;
}

/* Run the program once, then again for each test that comes over the socket, until that is closed. Never returns. */
void run_tests(PyObject *code, PyObject *path, PyObject *directory, PyObject *argv, const struct asked *asked) {
    char **collect = calloc(asked->collected + 1, sizeof *collect);
    const char *name = asked->collect;
    for (uint32_t i = 0; i < asked->collected; i++, name += strlen(name) + 1)
        collect[i] = strdup(name);
    before.argv = PyList_GetSlice(argv, 0, PyList_Size(argv));
    if (!settle(asked->asks))
        _exit(0);
    first.process = look();
    first.space = space();
    first.names = list(collect, 1); /* in the others is nothing yet */
    int64_t modules = PyDict_Size(of.modules);
    called(of.freeze, NULL); /* so that what is collected after each test is that test's */
    pid_t pid = getpid();
    struct done done = {NULL, 0, 0, {0, 0}};
    if (!run(code, path, directory, ALL, &done.ended) || !may_follow(&done.ended, pid))
        _exit(done.ended.status);
    modules = PyDict_Size(of.modules) - modules;
    tell(asked->asks, WORD_MORE, (char *)&modules, sizeof modules);
    size_t size;
    const char *data = taken(asked->asks, &size);
    /* Not before there is another test: a process that was made for one ends without the cost. */
    int as_before = restored() && unchanged(collect);
    while (as_before && !done.last) {
        struct batch batch;
        if (!read_batch(data, size, &batch))
            _exit(0);
        done = run_batch(batch, code, path, directory, collect);
        munmap((void *)data, size);
        if (!(as_before = unchanged(collect)))
            break;
        tell(asked->asks, done.last ? WORD_LAST : WORD_MORE, done.said, done.size);
        free(done.said);
        if (!done.last)
            data = taken(asked->asks, &size);
    }
    _exit(done.ended.status);
}
