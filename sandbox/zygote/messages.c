#include "messages.h"

#include <string.h>

enum { TEST_BYTES = sizeof(struct test_record), SIZE_BYTES = sizeof(struct file_record) };

static uint64_t size_at(const char *at) {
    uint64_t size;
    memcpy(&size, at, sizeof size);
    return size;
}

static struct test_record test_at(const char *at) {
    struct test_record test;
    memcpy(&test, at, sizeof test);
    return test;
}

/* Whether there are so many bytes among those that are left, which are fewer then. */
static int spend(uint64_t *left, uint64_t size) {
    if (size > *left)
        return 0;
    *left -= size;
    return 1;
}

static int spend_sizes(uint64_t *left, const char *sizes, uint32_t count) {
    for (; count > 0; count--, sizes += SIZE_BYTES)
        if (!spend(left, size_at(sizes)))
            return 0;
    return 1;
}

/* Where the string behind so many others begins; NULL where one of them does not end. */
static char *behind(char *string, const char *end, uint32_t count) {
    for (; string && count > 0; count--) {
        char *zero = memchr(string, 0, end - string);
        string = zero ? zero + 1 : NULL;
    }
    return string;
}

struct file next_file(struct files *files) {
    struct file file = {files->name, files->contents, size_at(files->sizes)};
    files->sizes += SIZE_BYTES;
    files->name += strlen(files->name) + 1;
    files->contents += file.size;
    files->count--;
    return file;
}

struct input next_input(struct batch *batch) {
    struct test_record test = test_at(batch->tests);
    struct input input = {batch->files.contents, test.stdin_bytes, test.files};
    batch->tests += TEST_BYTES;
    batch->files.contents += input.size;
    batch->count--;
    return input;
}

int read_request(char *data, size_t size, struct request *request) {
    struct program_record *program = &request->program;
    uint64_t left = size;
    if (!spend(&left, sizeof *program))
        return 0;
    memcpy(program, data, sizeof *program);
    if (!program->argc || !spend(&left, (uint64_t)SIZE_BYTES * program->files) || !spend(&left, program->strings))
        return 0;
    char *sizes = data + sizeof *program, *strings = sizes + SIZE_BYTES * (size_t)program->files;
    char *end = strings + program->strings;
    char *environment = behind(strings, end, program->argc);
    char *collect = behind(environment, end, program->environment);
    char *names = behind(collect, end, program->collect);
    request->argv = strings;
    request->environment = environment;
    request->collect = collect;
    request->files = (struct files){sizes, names, end, program->files};
    return behind(names, end, program->files) == end && spend_sizes(&left, sizes, program->files) && left == 0;
}

int read_batch(const char *data, size_t size, struct batch *batch) {
    struct batch_record head;
    uint64_t left = size, files_of_tests = 0;
    if (!spend(&left, sizeof head))
        return 0;
    memcpy(&head, data, sizeof head);
    uint32_t count = head.tests, files = head.files;
    if (!spend(&left, (uint64_t)TEST_BYTES * count) || !spend(&left, (uint64_t)SIZE_BYTES * files))
        return 0;
    const char *tests = data + sizeof head, *sizes = tests + TEST_BYTES * (size_t)count;
    const char *names = sizes + SIZE_BYTES * (size_t)files;
    const char *contents = behind((char *)names, names + left, files);
    if (!contents || !spend(&left, contents - names) || !spend_sizes(&left, sizes, files))
        return 0;
    *batch = (struct batch){tests, {sizes, names, contents, files}, count, head.turn_ns};
    for (; count > 0; count--, tests += TEST_BYTES) {
        struct test_record test = test_at(tests);
        files_of_tests += test.files;
        if (!spend(&left, test.stdin_bytes))
            return 0;
    }
    return files_of_tests == files && left == 0;
}
