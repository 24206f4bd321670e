/* What the helper in C does with whatever it is sent, for libFuzzer: its own sources are compiled with this file. The
 * first byte says what the others are. It runs in an empty directory of its own. */

#include "io.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static jmp_buf over;

/* A helper that ends is one message's end here; and it never signals anybody. */
#define _exit(status) longjmp(over, 1)
#define kill(pid, number) abort()
#include "batch.c"
#include "init.c"
#include "jail.c"
#undef _exit

#define MOST_SENT 12 /* more descriptors than the helper takes */
#define LONGEST_NAME 64
enum { REQUEST, BATCH, DESCRIPTORS_SENT, REFUSAL, FILES_LEFT, WORD, KINDS };
static uint64_t sum;
static struct jail jail;

static void require(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

/* Every byte is read, so that each that is not the message's own is found. */
static void read_all(const char *data, uint64_t size) {
    for (uint64_t i = 0; i < size; i++)
        sum += (unsigned char)data[i];
}

static const char *read_strings(const char *at, uint32_t count) {
    for (; count > 0; count--) {
        size_t size = strlen(at) + 1;
        read_all(at, size);
        at += size;
    }
    return at;
}

static void try_request(char *data, size_t size) {
    struct request request;
    if (!read_request(data, size, &request))
        return;
    const struct program_record *program = &request.program;
    require(read_strings(request.argv, program->argc) == request.environment, "the environment follows");
    require(read_strings(request.environment, program->environment) == request.collect, "the names to collect follow");
    require(read_strings(request.collect, program->collect) == request.files.name, "the names of files follow");
    while (request.files.count) {
        struct file file = next_file(&request.files);
        read_strings(file.name, 1);
        read_all(file.contents, file.size);
    }
    require(request.files.contents == data + size, "nothing is left");
}

/* Whether a file of that name is one of the working directory's, and not below so many others that to make and remove
 * them takes all the time. */
static int lies_inside(const char *name) {
    return *name && *name != '/' && !strstr(name, "..") && strlen(name) <= LONGEST_NAME;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    return walk->level ? remove(path) : 0;
}

static void clear_directory(void) {
    nftw(".", remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void try_batch(const char *data, size_t size) {
    struct batch batch;
    if (!read_batch(data, size, &batch))
        return;
    struct batch each = batch;
    int inside = 1;
    while (each.count) {
        struct input input = next_input(&each);
        read_all(input.contents, input.size);
        for (; input.files > 0; input.files--) {
            struct file file = next_file(&each.files);
            inside = inside && lies_inside(file.name);
            read_strings(file.name, 1);
            read_all(file.contents, file.size);
        }
    }
    require(each.files.count == 0 && each.files.contents == data + size, "nothing is left");
    if (!inside || !batch.count)
        return;
    char *const collect[] = {"a", "b/c", NULL};
    while (batch.count && put(&batch, collect))
        continue;
    clear_directory();
}

/* As many descriptors as the first byte says with the others, over a pair of sockets of the kind in use. */
static void try_descriptors(const char *data, size_t size) {
    int ends[2], sent[MOST_SENT], taken[MAX_DESCRIPTORS], unused = dup(0);
    close(unused);
    size_t count = size ? (unsigned char)*data % (MOST_SENT + 1) : 0;
    require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "there are sockets");
    for (size_t i = 0; i < count; i++)
        sent[i] = i % 2;
    _Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof sent)] = {0};
    struct iovec part = {(char *)data, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count) {
        message.msg_control = space;
        message.msg_controllen = CMSG_SPACE(count * sizeof *sent);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof *sent);
        memcpy(CMSG_DATA(header), sent, count * sizeof *sent);
    }
    if (size && sendmsg(ends[0], &message, MSG_NOSIGNAL) != -1) {
        int came = receive(ends[1], taken);
        require(came == (int)(count > MAX_DESCRIPTORS ? 0 : count), "all descriptors come, or none");
        while (came > 0)
            close(taken[--came]);
    }
    close(ends[0]);
    close(ends[1]);
    int lowest = dup(0);
    close(lowest);
    require(lowest == unused, "no descriptor is left open");
}

/* What the owner is told of a file that cannot be placed, whatever its name is: as much of it as there may be. */
static void try_refusal(const char *data, size_t size) {
    char message[2 * MAX_FAILURE_BYTES], *name = strndup(data, size), *text = NULL;
    int ends[2];
    require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "there are sockets");
    jail.requests = ends[0];
    if (!setjmp(over))
        give_up(&jail, WORD_FILES_REFUSED, name, ENOSPC);
    ssize_t said = recv(ends[1], message, sizeof message, MSG_DONTWAIT);
    size_t whole = asprintf(&text, "%s: %s", strerror(ENOSPC), name);
    require(said > 1 && message[0] == WORD_FILES_REFUSED, "it is told");
    require((size_t)said - 1 == (whole < MAX_FAILURE_BYTES ? whole : MAX_FAILURE_BYTES), "all of it is told");
    require(!memcmp(message + 1, text, said - 1), "it is the name");
    free(text);
    close(ends[0]);
    close(ends[1]);
    free(name);
}

/* A name, and behind its zero byte a file's contents: placed, and copied as one to be collected. */
static void try_files_left(const char *data, size_t size) {
    const char *zero = memchr(data, 0, size);
    if (!zero || !lies_inside(data))
        return;
    uint64_t rest = data + size - zero - 1;
    if (ftruncate(1, 0) == -1)
        abort();
    lseek(1, 0, SEEK_SET);
    if (place(data, zero + 1, rest) == 0)
        require(append_to_output(data) == (int64_t)rest, "a file is copied as it was placed");
    clear_directory();
}

/* A word of the owner's, of those that are not its end. */
static void try_word(const char *data, size_t size) {
    int ends[2];
    require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "there are sockets");
    jail.control = ends[1];
    if (size && send(ends[0], data, size, MSG_NOSIGNAL) == (ssize_t)size)
        require(hear(&jail) == (size == 1 ? (unsigned char)*data : 0), "a word is one byte");
    close(ends[0]);
    close(ends[1]);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    for (int i = 0; i < 2; i++)
        require(dup2(memfd_create("stream", MFD_CLOEXEC), i) == i, "there are streams");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size)
        return 0;
    /* Just as large as the message, so that what reads beyond it is found. */
    char *copy = malloc(size - 1);
    memcpy(copy, data + 1, size - 1);
    static void (*const tries[])(char *, size_t) = {
        [REQUEST] = try_request,
        [BATCH] = (void (*)(char *, size_t))try_batch,
        [DESCRIPTORS_SENT] = (void (*)(char *, size_t))try_descriptors,
        [REFUSAL] = (void (*)(char *, size_t))try_refusal,
        [FILES_LEFT] = (void (*)(char *, size_t))try_files_left,
        [WORD] = (void (*)(char *, size_t))try_word,
    };
    if (!setjmp(over))
        tries[data[0] % KINDS](copy, size - 1);
    free(copy);
    return 0;
}
