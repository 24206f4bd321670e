#include "baseline.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_LOOKS 50
#define FNV 14695981039346656037u /* FNV-1a's first value */

static int open_at(int number, const char *path, int how) {
    int file = open(path, how | O_DIRECTORY | O_CLOEXEC);
    int at = file == -1 ? -1 : dup3(file, number, O_CLOEXEC);
    close(file);
    return at;
}

int open_views(const struct baseline *baseline, int socket) {
    close_from(3, socket);
    return open_at(TASKS, "/proc/self/task", O_RDONLY) != -1 && open_at(DESCRIPTORS, "/proc/self/fd", O_RDONLY) != -1 &&
           open_at(DIRECTORY, baseline->cwd, O_PATH) != -1 && dup3(0, EMPTY_STDIN, O_CLOEXEC) != -1;
}

static int64_t count_descriptors(void) {
    struct stat status;
    if (fstat(DESCRIPTORS, &status) == 0 && status.st_size > 0) /* from Linux 6.2 on */
        return status.st_size;
    int64_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        count++;
    closedir(directory);
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

void note_streams(struct process *process) {
    struct stat status;
    for (int i = 0; i < 2; i++)
        if (fstat(i + 1, &status) == 0) {
            process->streams[2 * i] = status.st_dev;
            process->streams[2 * i + 1] = status.st_ino;
        }
}

static struct process look(void) {
    static const int limits[LIMITS] = {RLIMIT_AS,     RLIMIT_CPU,   RLIMIT_DATA, RLIMIT_FSIZE,
                                       RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK};
    static const int timers[TIMERS] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
    struct process process;
    memset(&process, 0, sizeof process); /* padding too, since all of it is compared */
    siginfo_t info;
    struct stat status;
    process.children = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
    process.threads = fstat(TASKS, &status) == 0 ? (int64_t)status.st_nlink : -1; /* one for each, whoever started it */
    process.descriptors = count_descriptors();
    note_streams(&process);
    process.environment = hash_environment();
    for (int i = 0; i < TIMERS; i++)
        getitimer(timers[i], &process.timers[i]);
    for (int i = 0; i < LIMITS; i++)
        getrlimit(limits[i], &process.limits[i]);
    return process;
}

struct signals look_at_signals(const struct python_refs *py) {
    struct signals signals;
    memset(&signals, 0, sizeof signals);
    for (int i = 1; i <= MAX_SIGNAL; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0)
            signals.handlers[i] = (void *)action.sa_handler;
    }
    /* Where Python handles another signal, the kernel's answer has changed. */
    PyObject *interrupt = PyObject_CallFunction(py->getsignal, "i", SIGINT);
    signals.interrupt = interrupt;
    Py_XDECREF(interrupt);
    PyErr_Clear();
    return signals;
}

static int is_one_of(const char *name, char *const *names) {
    while (*names && strcmp(*names, name))
        names++;
    return *names != NULL;
}

/* The names in the first few directories that a program may write in, but those that are collected: a number that
 * differs where they do, in whatever order they are listed. */
static uint64_t list(const char *box, char *const *collect, int count) {
    static const char *const directories[] = {BOX_DIRECTORIES};
    uint64_t sum = 0;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", box, directories[i]);
        DIR *directory = opendir(path);
        for (struct dirent *entry; directory && (entry = readdir(directory));)
            if (!is_one_of(entry->d_name, collect) && strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
                sum += hash_text(entry->d_name, FNV + i);
        if (directory)
            closedir(directory);
    }
    return sum;
}

static struct statvfs space_of(const struct baseline *baseline) {
    struct statvfs space = {0};
    statvfs(baseline->cwd, &space);
    return space;
}

void note_process(struct baseline *baseline, char *const *collect) {
    baseline->process = look();
    baseline->space = space_of(baseline);
    baseline->names = list(baseline->box, collect, 1); /* in the others is nothing yet */
}

/* A thread that was joined may still be about to end. */
static int is_process_unchanged(const struct baseline *baseline) {
    struct process process;
    int looks = MAX_LOOKS;
    while (process = look(), memcmp(&process, &baseline->process, sizeof process))
        if (--looks == 0)
            return 0;
        else
            sched_yield();
    return 1;
}

int is_unchanged(struct baseline *baseline, const struct python_refs *py, char *const *collect) {
    if (!is_process_unchanged(baseline))
        return 0;
    struct signals signals = look_at_signals(py);
    if (memcmp(&signals, &baseline->signals, sizeof signals))
        return 0;
    /* In a file system of the jail's own nothing can be made without this being seen, and it takes no listing. */
    struct statvfs space = space_of(baseline);
    if (space.f_ffree == baseline->space.f_ffree && space.f_bfree == baseline->space.f_bfree)
        return 1;
    baseline->space = space;
    return list(baseline->box, collect, BOX_DIRECTORIES_COUNT) == baseline->names;
}
