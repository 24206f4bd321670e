#include "messages.h"

#include <string.h>

enum { TEST_BYTES = 12, SIZE_BYTES = 8 };

static uint64_t size_at(const char *at) {
    uint64_t size;
    memcpy(&size, at, sizeof size);
    return size;
}

static uint32_t count_at(const char *at) {
    uint32_t count;
    memcpy(&count, at, sizeof count);
    return count;
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
    struct input input = {batch->files.contents, size_at(batch->tests), count_at(batch->tests + SIZE_BYTES)};
    batch->tests += TEST_BYTES;
    batch->files.contents += input.size;
    batch->count--;
    return input;
}

int read_request(char *data, size_t size, struct request *request) {
    struct program *program = &request->program;
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
    enum { HEAD_BYTES = 16 };
    uint64_t left = size, files_of_tests = 0;
    if (!spend(&left, HEAD_BYTES))
        return 0;
    uint32_t count = count_at(data + 8), files = count_at(data + 12);
    if (!spend(&left, (uint64_t)TEST_BYTES * count) || !spend(&left, (uint64_t)SIZE_BYTES * files))
        return 0;
    const char *tests = data + HEAD_BYTES, *sizes = tests + TEST_BYTES * (size_t)count;
    const char *names = sizes + SIZE_BYTES * (size_t)files;
    const char *contents = behind((char *)names, names + left, files);
    if (!contents || !spend(&left, contents - names) || !spend_sizes(&left, sizes, files))
        return 0;
    *batch = (struct batch){tests, {sizes, names, contents, files}, count, size_at(data)};
    for (; count > 0; count--, tests += TEST_BYTES) {
        files_of_tests += count_at(tests + SIZE_BYTES);
        if (!spend(&left, size_at(tests)))
            return 0;
    }
    return files_of_tests == files && left == 0;
}
