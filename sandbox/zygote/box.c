#include "box.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

int make_box(const struct jail *jail) {
    static const char *const directories[] = {BOX_DIRECTORIES};
    if (mount("tmpfs", jail->box, "tmpfs", MS_NOSUID | MS_NODEV, jail->mount_options) == -1)
        return -1;
    for (int i = 0; i < BOX_DIRECTORIES_COUNT; i++) {
        char path[PATH_MAX + 8];
        snprintf(path, sizeof path, "%s/%s", jail->box, directories[i]);
        if (mkdir(path, 0700) == -1 || (jail->uid >= 0 && chown(path, jail->uid, jail->uid) == -1))
            return -1;
    }
    return 0;
}

void wait_a_little(void) {
    usleep(DYING_S * 1e6);
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
static long long used_bytes(const struct jail *jail) {
    struct statvfs space;
    if (statvfs(jail->box, &space) == -1)
        return -1;
    long long blocks = space.f_blocks - space.f_bfree, inodes = space.f_files - space.f_ffree;
    return blocks * space.f_frsize + inodes * INODE_BYTES;
}

/* init.py, _has_many_in_flight. */
static int has_many_in_flight(const struct jail *jail) {
    int ends[2];
    if (jail->uid < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
        return 0;
    struct rlimit bounds, few;
    getrlimit(RLIMIT_NOFILE, &bounds);
    few = bounds;
    few.rlim_cur = MAX_IN_FLIGHT;
    must(jail, setresuid(jail->uid, -1, -1), "setresuid");
    must(jail, setrlimit(RLIMIT_NOFILE, &few), "setrlimit");
    int has = send_with(ends[0], 'x', 0) == -1 && errno == ETOOMANYREFS;
    must(jail, setrlimit(RLIMIT_NOFILE, &bounds), "setrlimit");
    must(jail, setresuid(0, -1, -1), "setresuid");
    close(ends[0]);
    close(ends[1]);
    return has;
}

long long clear_box(const struct jail *jail) {
    collect_sockets();
    double deadline = now_s() + SOCKETS_S;
    long long held = 0;
    int unmounted;
    while ((unmounted = umount2(jail->box, 0)) == -1) {
        if (errno != EBUSY)
            return -1;
        if (held == 0) {
            if ((held = used_bytes(jail)) == -1)
                return -1;
            double patience = (double)held / UNMOUNT_BYTES_PER_S;
            deadline += patience < SWEEP_S ? patience : SWEEP_S;
        }
        if (now_s() > deadline) {
            if (umount2(jail->box, MNT_DETACH) == -1)
                return -1;
            break;
        }
        wait_a_little();
    }
    while (has_many_in_flight(jail)) {
        if (now_s() > deadline)
            return MAX_LEFT_BYTES + 1;
        wait_a_little();
    }
    return unmounted == 0 ? 0 : held;
}
