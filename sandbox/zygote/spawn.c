/* What a child of the zygote does between its fork and its program, and the jail's init, without touching an object of
 * the interpreter: the first touch of each copies a page from the parent, and 500 pages are more time than most
 * programs take. init.py, run.py and request.py say the same in Python, for where this was not built; both are tested
 * alike. */

#include "native.h"

#include "messages.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_GROUPS 8
#ifndef SYS_pidfd_open /* headers of an older kernel; the same on all machines */
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif
#define ALL_FILES (1 << 20)
#define CAPABILITY_VERSION_3 0x20080522
#define SET_MODE_FILTER 1
#define DYING_US ((useconds_t)(DYING_S * 1e6))

static struct {
    int control, requests, ruleset, uid, group_count, limit_processes, last_pid;
    int groups[MOST_GROUPS];
    unsigned long long box_bytes;
    char box[PATH_MAX], mount_options[256];
    struct sock_fprog filter;
} jail;

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static double now(void) {
    return now_ns() * 1e-9;
}

void tell_owner(const char *message, size_t size) {
    send(jail.requests, message, size, MSG_NOSIGNAL);
}

static void give_up(enum word word, const char *what, int number) {
    char message[1 + MAX_FAILURE_BYTES + 1] = {word};
    snprintf(message + 1, sizeof message - 1, "%s: %s", strerror(number), what);
    tell_owner(message, strlen(message));
    _exit(1);
}

static void must(long result, const char *what) {
    if (result == -1)
        give_up(WORD_FAILED, what, errno);
}

static void lower(int limit, rlim_t value) {
    struct rlimit bounds;
    getrlimit(limit, &bounds);
    if (bounds.rlim_max != RLIM_INFINITY && (value == RLIM_INFINITY || value > bounds.rlim_max))
        value = bounds.rlim_max;
    bounds.rlim_cur = bounds.rlim_max = value;
    must(setrlimit(limit, &bounds), "setrlimit");
}

static void limit_all(void) {
    static const struct {
        int limit;
        rlim_t value;
    } limits[] = {LIMITS_OF_ALL};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        lower(limits[i].limit, limits[i].value);
}

/* Send a descriptor along with a message. */
static ssize_t send_with(int socket, struct iovec *part, int descriptor) {
    char space[CMSG_SPACE(sizeof(int))] = {0};
    struct msghdr message = {.msg_iov = part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* The owner gets the working directory while this process may still send descriptors. */
static void send_directory(void) {
    char word = WORD_DIRECTORY;
    struct iovec part = {&word, 1};
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(directory, "working directory");
    must(send_with(jail.requests, &part, directory), "sendmsg");
    close(directory);
}

/* run.py, _enter. */
static void enter(void) {
    must(setsid(), "setsid");
    for (int i = 0; i < jail.group_count; i++)
        must(write(jail.groups[i], "0", 1), "control group");
    if (jail.uid >= 0) {
        must(setgroups(0, NULL), "setgroups");
        must(setresgid(jail.uid, jail.uid, jail.uid), "setresgid");
        must(setresuid(jail.uid, jail.uid, jail.uid), "setresuid");
    }
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    uint32_t header[2] = {CAPABILITY_VERSION_3, 0}, none[6] = {0};
    must(syscall(SYS_capset, header, none), "capset");
    must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable");
    char work[PATH_MAX + 8];
    snprintf(work, sizeof work, "%s/work", jail.box);
    must(chdir(work), work);
    umask(UMASK);
    limit_all();
    send_directory();
    if (jail.ruleset >= 0) {
        must(syscall(SYS_landlock_restrict_self, jail.ruleset, 0), "landlock");
        close(jail.ruleset);
    }
    must(syscall(SYS_seccomp, SET_MODE_FILTER, 0, &jail.filter), "seccomp");
}

/* run.py, _set_limits. */
static void set_limits(const struct program_record *program) {
    struct rlimit cpu = {program->cpu_s, program->cpu_s + 1};
    must(setrlimit(RLIMIT_CPU, &cpu), "setrlimit");
    lower(RLIMIT_FSIZE, jail.box_bytes);
    lower(RLIMIT_STACK, program->stack_bytes);
    if (jail.limit_processes)
        lower(RLIMIT_NPROC, program->processes);
}

/* The directories above a file. */
static int make_way(const char *name) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s", name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0777) == -1 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    return 0;
}

int place(const char *name, const char *data, uint64_t size) {
    if (strchr(name, '/') && make_way(name) == -1)
        return -1;
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file == -1)
        return -1;
    ssize_t written = write(file, data, size);
    int number = written == -1 ? errno : ENOSPC;
    close(file);
    if (written == (ssize_t)size)
        return 0;
    errno = number;
    return -1;
}

/* A message, and the descriptors that came with it. Returns how many, none of a message that had more than there may
 * be; -1 where the other end has gone. */
int receive(int socket, int descriptors[MAX_DESCRIPTORS]) {
    char text[64];
    _Alignas(struct cmsghdr) char space[CMSG_SPACE(MAX_DESCRIPTORS * sizeof(int))];
    struct iovec part = {text, sizeof text};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0)
        return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return 0;
    int count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(descriptors, CMSG_DATA(header), count * sizeof(int));
    while (message.msg_flags & MSG_CTRUNC && count > 0)
        close(descriptors[--count]);
    return count;
}

/* Tell the owner that the program starts now. */
void announce(void) {
    struct started_record started = {WORD_STARTED, now_ns()};
    must(send(jail.requests, &started, sizeof started, MSG_NOSIGNAL), "send");
    lower(RLIMIT_NOFILE, OPEN_FILES);
}

void close_from(int first, int but) {
    if (but < 0) {
        syscall(SYS_close_range, first, ALL_FILES, 0);
        return;
    }
    if (but > first)
        syscall(SYS_close_range, first, but - 1, 0);
    syscall(SYS_close_range, but + 1, ALL_FILES, 0);
}

/* run.py, _execute. */
static void execute(const struct request *request, int executable) {
    const struct program_record *program = &request->program;
    char *string = request->argv, **argv = calloc((size_t)program->argc + 1, sizeof *argv);
    if (!argv)
        give_up(WORD_FAILED, "command line", errno);
    for (uint32_t i = 0; i < program->argc; i++, string += strlen(string) + 1)
        argv[i] = string;
    for (uint32_t i = 0; i < program->environment; i++, string += strlen(string) + 1)
        putenv(string);
    announce();
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    close_from(3, executable);
    if (executable >= 0) {
        fcntl(executable, F_SETFD, FD_CLOEXEC);
        fexecve(executable, argv, environ);
    } else
        execve(argv[0], argv, environ);
    dprintf(2, "cannot start %s: %s\n", argv[0], strerror(errno));
    _exit(CANNOT_START_STATUS);
}

/* run.py, _take: the request that comes next. A program that is none of Python's starts. */
static struct asked take(void) {
    int descriptors[MAX_DESCRIPTORS], count = receive(jail.requests, descriptors);
    if (count == -1)
        _exit(0);
    if (count <= RUN_DESCRIPTOR_BODY)
        give_up(WORD_FAILED, "a request of too few descriptors", EBADMSG);
    int body = descriptors[RUN_DESCRIPTOR_BODY];
    int more = count > RUN_DESCRIPTOR_EXTRA ? descriptors[RUN_DESCRIPTOR_EXTRA] : -1;
    struct stat status;
    must(fstat(body, &status), "request");
    char *data = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, body, 0);
    if (data == MAP_FAILED)
        give_up(WORD_FAILED, "request", errno);
    struct request request;
    if (!read_request(data, status.st_size, &request))
        give_up(WORD_FAILED, "a request that says more or less than it holds", EBADMSG);
    const struct program_record *program = &request.program;
    struct asked asked = {.argc = program->argc, .collected = program->collect, .argv = request.argv, .asks = -1};
    asked.collect = request.collect;
    while (request.files.count) {
        struct file file = next_file(&request.files);
        if (place(file.name, file.contents, file.size) == -1)
            give_up(WORD_FILES_REFUSED, file.name, errno);
        if (!strcmp(file.name, request.argv) && !(program->flags & FLAG_MODULE)) {
            asked.source = file.contents;
            asked.source_size = file.size;
        }
    }
    if ((program->flags & FLAG_PYTHON) && !(program->flags & FLAG_MODULE) && !asked.source)
        give_up(WORD_FAILED, "a request without its program", EBADMSG);
    if ((program->flags & FLAG_SESSION) && more == -1)
        give_up(WORD_FAILED, "a request of too few descriptors", EBADMSG);
    for (int target = 0; target < 3; target++)
        must(dup2(descriptors[RUN_DESCRIPTOR_STDIN + target], target), "dup2");
    set_limits(program);
    if (!(program->flags & FLAG_PYTHON))
        execute(&request, more);
    if (program->flags & FLAG_SESSION)
        asked.asks = more;
    return asked;
}

/* Never returns. */
PyObject *take_and_become(PyObject *self, PyObject *unused) {
    struct asked asked = take();
    leave_frames();
    renew();
    become(&asked);
    return NULL;
}

/* Each program has the process ids that any other has: those that a program before it used up would tell of it. Where
 * the kernel does not let us (CONFIG_CHECKPOINT_RESTORE), they count on. */
static void restart_ids(void) {
    if (jail.last_pid >= 0 && pwrite(jail.last_pid, "1", 1, 0) == -1)
        jail.last_pid = -1;
}

static int make_box(void) {
    static const char *const names[] = {BOX_DIRECTORIES};
    if (mount("tmpfs", jail.box, "tmpfs", MS_NOSUID | MS_NODEV, jail.mount_options) == -1)
        return -1;
    for (int i = 0; i < BOX_DIRECTORIES_COUNT; i++) {
        char path[PATH_MAX + 8];
        snprintf(path, sizeof path, "%s/%s", jail.box, names[i]);
        if (mkdir(path, 0700) == -1 || (jail.uid >= 0 && chown(path, jail.uid, jail.uid) == -1))
            return -1;
    }
    return 0;
}

/* init.py, _collect_sockets. */
static void collect_sockets(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
        close(ends[0]);
        close(ends[1]);
    }
}

/* init.py, _used_bytes. */
static long long used_bytes(void) {
    struct statvfs space;
    if (statvfs(jail.box, &space) == -1)
        return -1;
    long long blocks = space.f_blocks - space.f_bfree, inodes = space.f_files - space.f_ffree;
    return blocks * space.f_frsize + inodes * INODE_BYTES;
}

/* init.py, _has_many_in_flight. */
static int has_many_in_flight(void) {
    int ends[2];
    if (jail.uid < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
        return 0;
    struct rlimit bounds, few;
    struct iovec part = {"x", 1};
    getrlimit(RLIMIT_NOFILE, &bounds);
    few = bounds;
    few.rlim_cur = MAX_IN_FLIGHT;
    must(setresuid(jail.uid, -1, -1), "setresuid");
    must(setrlimit(RLIMIT_NOFILE, &few), "setrlimit");
    int has = send_with(ends[0], &part, 0) == -1 && errno == ETOOMANYREFS;
    must(setrlimit(RLIMIT_NOFILE, &bounds), "setrlimit");
    must(setresuid(0, -1, -1), "setresuid");
    close(ends[0]);
    close(ends[1]);
    return has;
}

/* init.py, _unmount: how many bytes are left behind, or -1. */
static long long clear_box(void) {
    collect_sockets();
    double deadline = now() + SOCKETS_S;
    long long held = 0;
    int unmounted;
    while ((unmounted = umount2(jail.box, 0)) == -1) {
        if (errno != EBUSY)
            return -1;
        if (held == 0) {
            if ((held = used_bytes()) == -1)
                return -1;
            double patience = (double)held / UNMOUNT_BYTES_PER_S;
            deadline += patience < SWEEP_S ? patience : SWEEP_S;
        }
        if (now() > deadline) {
            if (umount2(jail.box, MNT_DETACH) == -1)
                return -1;
            break;
        }
        usleep(DYING_US);
    }
    while (has_many_in_flight()) {
        if (now() > deadline)
            return MAX_LEFT_BYTES + 1;
        usleep(DYING_US);
    }
    return unmounted == 0 ? 0 : held;
}

struct tally {
    int status, ended;
    uint64_t cpu_ns, peak_memory;
};

/* init.py, _reap: whether any child is left. */
static int reap(pid_t child, struct tally *tally) {
    for (;;) {
        int status;
        struct rusage usage;
        pid_t pid = wait4(-1, &status, WNOHANG, &usage);
        if (pid == -1)
            return 0;
        if (pid == 0)
            return 1;
        if (pid == child) {
            tally->status = status;
            tally->ended = 1;
        }
        tally->cpu_ns += (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ULL;
        tally->cpu_ns += (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ULL;
        if (usage.ru_maxrss * 1024ULL > tally->peak_memory)
            tally->peak_memory = usage.ru_maxrss * 1024ULL;
    }
}

/* init.py, _end_all. */
static void end_all(pid_t child, struct tally *tally) {
    double deadline = now() + SWEEP_S;
    while (reap(child, tally)) {
        if (now() > deadline)
            _exit(3);
        kill(-1, SIGKILL);
        usleep(DYING_US);
    }
}

/* init.py, _leave. */
static void leave(void) {
    struct tally tally = {0};
    end_all(0, &tally);
    _exit(0);
}

/* Wait for the next word of the owner's; without one it is gone. */
static int heard(enum word word) {
    char message[16];
    ssize_t size = recv(jail.control, message, sizeof message, 0);
    if (size <= 0)
        leave();
    return size == 1 && *message == (char)word;
}

static void say(const void *message, size_t size) {
    if (send(jail.control, message, size, MSG_NOSIGNAL) == -1)
        leave();
}

static void say_word(enum word word) {
    char message = word;
    say(&message, 1);
}

/* init.py, _supervise, and the report. */
static int supervise(pid_t child) {
    int pidfd = syscall(SYS_pidfd_open, child, 0);
    if (pidfd == -1)
        return -1;
    struct tally tally = {0};
    struct pollfd ends[] = {{jail.control, POLLIN, 0}, {pidfd, POLLIN, 0}};
    while (!tally.ended) {
        poll(ends, 2, 1000);
        if (ends[0].revents) {
            heard(WORD_KILL);
            kill(-1, SIGKILL);
        }
        reap(child, &tally);
    }
    uint64_t ended_ns = now_ns();
    close(pidfd);
    end_all(child, &tally);
    struct report_record report = {WORD_REPORT, tally.status, tally.cpu_ns, tally.peak_memory, ended_ns};
    say(&report, sizeof report);
    return 0;
}

PyObject *prepare(PyObject *self, PyObject *arguments) {
    PyObject *groups;
    const char *box, *options, *filter;
    Py_ssize_t filter_size;
    if (!PyArg_ParseTuple(arguments, "iiO!iissy#Kpi", &jail.control, &jail.requests, &PyTuple_Type, &groups, &jail.uid,
                          &jail.ruleset, &box, &options, &filter, &filter_size, &jail.box_bytes, &jail.limit_processes,
                          &jail.last_pid))
        return NULL;
    jail.group_count = PyTuple_Size(groups);
    if (jail.group_count > MOST_GROUPS || strlen(box) >= sizeof jail.box ||
        strlen(options) >= sizeof jail.mount_options) {
        PyErr_SetString(PyExc_ValueError, "too long");
        return NULL;
    }
    for (int i = 0; i < jail.group_count; i++)
        jail.groups[i] = PyLong_AsLong(PyTuple_GetItem(groups, i));
    strcpy(jail.box, box);
    strcpy(jail.mount_options, options);
    jail.filter.len = filter_size / sizeof(struct sock_filter);
    jail.filter.filter = memcpy(malloc(filter_size), filter, filter_size);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

const char *box(void) {
    return jail.box;
}

/* init.py, serve, in a jail with a file system of its own. A child's interpreter is not told of the fork: this process
 * has one thread and holds no lock, so all is as it should be but for what modules wish to do then (become.c, renew).
 */
PyObject *serve(PyObject *self, PyObject *unused) {
    leave_frames();
    fill_gaps();
    long long left = 0, more;
    for (;;) {
        if (make_box() == -1)
            break;
        restart_ids();
        pid_t child = fork();
        if (child == 0) {
            close(jail.control);
            enter();
            take_and_become(NULL, NULL);
        }
        if (child == -1)
            break;
        say_word(WORD_READY);
        if (supervise(child) == -1)
            break;
        while (!heard(WORD_CLEAR))
            ;
        if ((more = clear_box()) == -1)
            break;
        left += more;
        if (left > MAX_LEFT_BYTES) {
            say_word(WORD_WORN);
            leave();
        }
    }
    perror("the jail ended"); /* to the slot's log */
    _exit(1);
}
