#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range /* headers of an older kernel; the same on all machines */
#define SYS_close_range 436
#endif
#define MAX_DESCRIPTOR (1 << 20)

int64_t now_ns(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * NS_PER_S + time.tv_nsec;
}

double now_s(void) {
    return now_ns(CLOCK_MONOTONIC) / (double)NS_PER_S;
}

ssize_t send_with(int socket, char byte, int descriptor) {
    char space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

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

void close_from(int first, int but) {
    if (but < 0) {
        syscall(SYS_close_range, first, MAX_DESCRIPTOR, 0);
        return;
    }
    if (but > first)
        syscall(SYS_close_range, first, but - 1, 0);
    syscall(SYS_close_range, but + 1, MAX_DESCRIPTOR, 0);
}

/* Make the directories above a file. */
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

int64_t append_to_output(const char *name) {
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
