#include "batch.h"

#include "messages.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The next test's input and files are put where the one before had its own. */
static int put(struct batch *batch, char *const *collect) {
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
static int may_follow(const struct script_end *end, pid_t pid) {
    if (getpid() != pid) /* a fork of the program's that came to its end */
        _exit(end->status);
    return !end->status && end->plain;
}

/* What is to be said of tests that ended, and whether the process ends with the one after those. */
struct answer {
    char *claims;
    size_t size;
    int is_last;
    struct script_end end;
};

static void append(struct answer *answer, const void *record, size_t size) {
    memcpy(answer->claims + answer->size, record, size);
    answer->size += size;
}

/* ``cpu_ns`` is for all that was done for the test, since the owner knows no more than what all of them took together.
 */
static void claim(struct answer *answer, char *const *collect, int64_t cpu_ns, int64_t wall_ns) {
    struct claim_record claim = {lseek(1, 0, SEEK_CUR), lseek(2, 0, SEEK_CUR), cpu_ns, wall_ns};
    append(answer, &claim, sizeof claim);
    for (; *collect; collect++) {
        struct file_end_record end = {append_to_output(*collect)};
        append(answer, &end, sizeof end);
    }
}

/* Room for what is said of so many tests. */
static char *make_room(const struct session *session, size_t tests) {
    size_t names = 0;
    while (session->collect[names])
        names++;
    char *room = malloc((sizeof(struct claim_record) + names * sizeof(struct file_end_record)) * (tests + 1));
    if (!room || ftruncate(1, 0) == -1 || ftruncate(2, 0) == -1)
        _exit(0);
    lseek(1, 0, SEEK_SET);
    lseek(2, 0, SEEK_SET);
    return room;
}

/* Run the tests of a batch, at least one, until its turn is over or one leaves something. */
static struct answer run_batch(struct session *session, struct batch batch, const struct script *script) {
    struct answer answer = {NULL, 0, 0, {0, 1}};
    const uint32_t count = batch.count;
    int64_t wall = now_ns(CLOCK_MONOTONIC), until = wall + batch.turn_ns;
    int64_t cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    pid_t pid = getpid();
    answer.claims = make_room(session, count);
    for (uint32_t test = 1; test <= count && (test == 1 || wall <= until); test++) {
        session->progress->tests = test;
        if (!put(&batch, session->collect))
            _exit(0);
        int64_t cpu_before = cpu, wall_before = now_ns(CLOCK_MONOTONIC);
        if (!run_script(session->scripts, script, DESTROY_NEW, &answer.end))
            _exit(0);
        wall = now_ns(CLOCK_MONOTONIC);
        answer.is_last = !(may_follow(&answer.end, pid) && restore(&session->settings, EMPTY_STDIN, DIRECTORY));
        if (answer.is_last)
            break;
        cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
        claim(&answer, session->collect, cpu - cpu_before, wall - wall_before);
    }
    return answer;
}

static void tell_claims(const struct session *session, const struct answer *answer) {
    char word = answer->is_last ? WORD_LAST : WORD_MORE;
    struct iovec parts[] = {{&word, 1}, {answer->claims, answer->size}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (sendmsg(session->socket, &message, MSG_NOSIGNAL) == -1)
        _exit(0);
}

static void tell_first(const struct session *session, int64_t modules) {
    struct first_test_record first = {WORD_MORE, modules};
    if (send(session->socket, &first, sizeof first, MSG_NOSIGNAL) == -1)
        _exit(0);
}

/* With the first batch come the files that are the standard streams from now on, and that of the progress. */
static void use_files(struct session *session, const int descriptors[MAX_DESCRIPTORS]) {
    for (int i = 0; i < 3; i++)
        dup2(descriptors[BATCH_DESCRIPTOR_STDIN + i], i);
    dup3(0, EMPTY_STDIN, O_CLOEXEC);
    note_streams(&session->baseline.process);
    int progress = descriptors[BATCH_DESCRIPTOR_PROGRESS];
    if (ftruncate(progress, sizeof *session->progress) == -1)
        _exit(0);
    session->progress = mmap(NULL, sizeof *session->progress, PROT_WRITE, MAP_SHARED, progress, 0);
}

/* The next batch as it was sent. */
static const char *receive_batch(struct session *session, size_t *size) {
    int descriptors[MAX_DESCRIPTORS], count = receive(session->socket, descriptors);
    struct stat status;
    if (count <= BATCH_DESCRIPTOR_BODY || fstat(descriptors[BATCH_DESCRIPTOR_BODY], &status) == -1)
        _exit(0);
    *size = status.st_size;
    const char *data = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, descriptors[BATCH_DESCRIPTOR_BODY], 0);
    if (data == MAP_FAILED)
        _exit(0);
    if (count == BATCH_DESCRIPTOR_PROGRESS + 1)
        use_files(session, descriptors);
    for (int i = 0; i < count; i++)
        close(descriptors[i]);
    if (!session->progress || session->progress == MAP_FAILED)
        _exit(0);
    return data;
}

/* Run batches until the process is no more as it was. */
static int run_batches(struct session *session, const struct script *script, const char *data, size_t size) {
    for (;;) {
        struct batch batch;
        if (!read_batch(data, size, &batch))
            _exit(0);
        struct answer answer = run_batch(session, batch, script);
        munmap((void *)data, size);
        if (!is_unchanged(&session->baseline, session->py, session->collect))
            return answer.end.status;
        tell_claims(session, &answer);
        free(answer.claims);
        if (answer.is_last)
            return answer.end.status;
        data = receive_batch(session, &size);
    }
}

void run_session(struct session *session, const struct script *script, PyObject *argv) {
    const struct python_refs *py = session->py;
    session->settings.argv = PyList_GetSlice(argv, 0, PyList_Size(argv));
    if (!open_views(&session->baseline, session->socket))
        _exit(0);
    note_process(&session->baseline, session->collect);
    int64_t modules = PyDict_Size(py->modules);
    call(py->freeze, NULL); /* so that what is collected after each test is that test's */
    pid_t pid = getpid();
    struct script_end end = {0, 0};
    if (!run_script(session->scripts, script, DESTROY_ALL, &end) || !may_follow(&end, pid))
        _exit(end.status);
    tell_first(session, PyDict_Size(py->modules) - modules);
    size_t size;
    const char *data = receive_batch(session, &size);
    /* Not before there is another test: a process that was made for one ends without the cost. */
    if (restore(&session->settings, EMPTY_STDIN, DIRECTORY) && is_unchanged(&session->baseline, py, session->collect))
        end.status = run_batches(session, script, data, size);
    _exit(end.status);
}
