#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_restrict_self /* headers of an older kernel; the same on all machines */
#define SYS_landlock_restrict_self 446
#endif
#define CAPABILITY_VERSION_3 0x20080522
#define SET_MODE_FILTER 1

void tell_owner(const struct jail *jail, const void *message, size_t size) {
    send(jail->requests, message, size, MSG_NOSIGNAL);
}

void give_up(const struct jail *jail, enum word word, const char *what, int number) {
    char message[1 + MAX_FAILURE_BYTES + 1] = {word};
    snprintf(message + 1, sizeof message - 1, "%s: %s", strerror(number), what);
    tell_owner(jail, message, strlen(message));
    _exit(1);
}

void must(const struct jail *jail, long result, const char *what) {
    if (result == -1)
        give_up(jail, WORD_FAILED, what, errno);
}

void lower(const struct jail *jail, int limit, rlim_t value) {
    struct rlimit bounds;
    getrlimit(limit, &bounds);
    if (bounds.rlim_max != RLIM_INFINITY && (value == RLIM_INFINITY || value > bounds.rlim_max))
        value = bounds.rlim_max;
    bounds.rlim_cur = bounds.rlim_max = value;
    must(jail, setrlimit(limit, &bounds), "setrlimit");
}

static void limit_all(const struct jail *jail) {
    static const struct {
        int limit;
        rlim_t value;
    } limits[] = {LIMITS_OF_ALL};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        lower(jail, limits[i].limit, limits[i].value);
}

/* The owner gets the working directory while this process may still send descriptors. */
static void send_directory(const struct jail *jail) {
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(jail, directory, "working directory");
    must(jail, send_with(jail->requests, WORD_DIRECTORY, directory), "sendmsg");
    close(directory);
}

static void become_user(const struct jail *jail) {
    if (jail->uid < 0)
        return;
    must(jail, setgroups(0, NULL), "setgroups");
    must(jail, setresgid(jail->uid, jail->uid, jail->uid), "setresgid");
    must(jail, setresuid(jail->uid, jail->uid, jail->uid), "setresuid");
}

static void drop_capabilities(const struct jail *jail) {
    uint32_t header[2] = {CAPABILITY_VERSION_3, 0}, none[6] = {0};
    must(jail, syscall(SYS_capset, header, none), "capset");
}

static void start_in_box(const struct jail *jail) {
    char work[PATH_MAX + 8];
    snprintf(work, sizeof work, "%s/work", jail->box);
    must(jail, chdir(work), work);
    umask(UMASK);
}

void enter(const struct jail *jail) {
    must(jail, setsid(), "setsid");
    for (int i = 0; i < jail->group_count; i++)
        must(jail, write(jail->groups[i], "0", 1), "control group");
    become_user(jail);
    must(jail, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    drop_capabilities(jail);
    /* A change of user makes a process undumpable, and its /proc/self root's; programs expect their own. */
    must(jail, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable");
    start_in_box(jail);
    limit_all(jail);
    send_directory(jail);
    if (jail->ruleset >= 0) {
        must(jail, syscall(SYS_landlock_restrict_self, jail->ruleset, 0), "landlock");
        close(jail->ruleset);
    }
    must(jail, syscall(SYS_seccomp, SET_MODE_FILTER, 0, &jail->filter), "seccomp");
}
