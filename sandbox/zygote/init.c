#include "init.h"

#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open /* headers of an older kernel; the same on all machines */
#define SYS_pidfd_open 434
#endif
#define RESISTED_STATUS 3
#define POLL_MS 1000

/* Each program has the process ids that any other has: those that a program before it used up would tell of it. Where
 * the kernel does not let us (CONFIG_CHECKPOINT_RESTORE), they count on. */
static void restart_ids(struct jail *jail) {
    if (jail->last_pid >= 0 && pwrite(jail->last_pid, "1", 1, 0) == -1)
        jail->last_pid = -1;
}

/* Sums over the processes of a run that have ended. ``status`` is the main one's, once it ``has_ended``. */
struct tally {
    int status, has_ended;
    uint64_t cpu_ns, peak_memory;
};

static uint64_t ns_of(struct timeval time) {
    return time.tv_sec * NS_PER_S + time.tv_usec * 1000LL;
}

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
            tally->has_ended = 1;
        }
        tally->cpu_ns += ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
        if (usage.ru_maxrss * 1024ULL > tally->peak_memory)
            tally->peak_memory = usage.ru_maxrss * 1024ULL;
    }
}

/* init.py, _end_all. */
static void end_all(pid_t child, struct tally *tally) {
    double deadline = now_s() + SWEEP_S;
    while (reap(child, tally)) {
        if (now_s() > deadline)
            _exit(RESISTED_STATUS);
        kill(-1, SIGKILL);
        wait_a_little();
    }
}

/* init.py, _leave. */
static _Noreturn void leave(void) {
    struct tally tally = {0};
    end_all(0, &tally);
    _exit(0);
}

/* Wait for the owner's next word, 0 where it is none; without one the owner is gone. */
static int hear(const struct jail *jail) {
    unsigned char message[16];
    ssize_t size = recv(jail->control, message, sizeof message, 0);
    if (size <= 0)
        leave();
    return size == 1 ? *message : 0;
}

static void say(const struct jail *jail, const void *message, size_t size) {
    if (send(jail->control, message, size, MSG_NOSIGNAL) == -1)
        leave();
}

static void say_word(const struct jail *jail, enum word word) {
    char message = word;
    say(jail, &message, 1);
}

/* init.py, _supervise, and the report. */
static int supervise(const struct jail *jail, pid_t child) {
    int pidfd = syscall(SYS_pidfd_open, child, 0);
    if (pidfd == -1)
        return -1;
    struct tally tally = {0};
    struct pollfd ends[] = {{jail->control, POLLIN, 0}, {pidfd, POLLIN, 0}};
    while (!tally.has_ended) {
        poll(ends, 2, POLL_MS);
        if (ends[0].revents) {
            hear(jail);
            kill(-1, SIGKILL);
        }
        reap(child, &tally);
    }
    uint64_t ended_ns = now_ns(CLOCK_MONOTONIC);
    close(pidfd);
    end_all(child, &tally);
    struct report_record report = {WORD_REPORT, tally.status, tally.cpu_ns, tally.peak_memory, ended_ns};
    say(jail, &report, sizeof report);
    return 0;
}

/* A process of SCHED_BATCH that wakes up lets go on who runs: the owner, which is often on the same CPU, reports on a
 * run before the jail clears up behind it. */
static void set_policy(int policy) {
    const struct sched_param priority = {0};
    sched_setscheduler(0, policy, &priority);
}

static _Noreturn void run_child(struct jail *jail, struct session *session) {
    close(jail->control);
    enter(jail);
    touch_pages(&jail->pages, jail->requests);
    set_policy(SCHED_OTHER);
    struct program program = take_program(jail);
    become(jail, session, &program);
}

/* From here on no child shares a page with us. */
static void take_noted(struct jail *jail) {
    keep_pages(&jail->pages, jail->noted);
    end_sharing(jail->noted);
    jail->noted = NULL;
}

/* A child that only executes a file may not have what fork(3) would call. */
static pid_t make_child(const struct jail *jail) {
    return jail->only_executables ? syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) : fork();
}

/* Use what a child uses before it executes. */
static _Noreturn void use_memory(const struct jail *jail) {
    char *text = calloc(1, sizeof jail->box);
    size_t size = text ? snprintf(text, sizeof jail->box, "%s%d", jail->box, jail->filter.filter[0].code) : 0;
    for (char *const *variable = jail->environment; *variable; variable++)
        size += strlen(*variable);
    _exit(size > 0 && close(-1) == -1 && errno == EBADF ? 0 : 1);
}

/* Let children share no more of this process than they need; all of it where that turns out to be too little. */
static void share_little(const struct jail *jail) {
    const void *const used[] = {jail, jail->environment, jail->environment[0], jail->filter.filter};
    keep_interpreter(used, sizeof used / sizeof *used);
    int status;
    pid_t child = make_child(jail);
    if (child == 0)
        use_memory(jail);
    if (child == -1 || waitpid(child, &status, 0) == -1 || status != 0)
        give_interpreter();
}

/* Make a box, run a program in it, clear it. Returns how many bytes are left behind, or -1 where the jail is broken. A
 * child's interpreter is not told of the fork: this process has one thread and holds no lock, so all is as it should be
 * but for what modules wish to do then (interpreter.h, reseed). */
static long long run_one(struct jail *jail, struct session *session) {
    if (make_box(jail) == -1)
        return -1;
    restart_ids(jail);
    pid_t child = make_child(jail);
    if (child == 0)
        run_child(jail, session);
    if (child == -1)
        return -1;
    say_word(jail, WORD_READY);
    if (supervise(jail, child) == -1)
        return -1;
    if (jail->noted && jail->noted->is_complete)
        take_noted(jail);
    while (hear(jail) != WORD_CLEAR)
        ;
    return clear_box(jail);
}

void serve(struct jail *jail, struct session *session) {
    set_policy(SCHED_BATCH);
    if (jail->only_executables)
        share_little(jail);
    else {
        leave_frames();
        fill_gaps();
        jail->noted = share_pages();
    }
    for (long long left = 0, more; (more = run_one(jail, session)) != -1;) {
        left += more;
        if (left > MAX_LEFT_BYTES) {
            say_word(jail, WORD_WORN);
            leave();
        }
    }
    perror("the jail ended"); /* to the slot's log */
    _exit(1);
}
