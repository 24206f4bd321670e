/* Written by tests/house/header.py from protocol.py, which says what each of these is. */
/* clang-format off */

#pragma once

#include <stdint.h>

enum word {
    WORD_MAP_USERS = 1,
    WORD_PYTHON = 2,
    WORD_NATIVE = 3,
    WORD_BROKEN = 4,
    WORD_READY = 5,
    WORD_REPORT = 6,
    WORD_WORN = 7,
    WORD_USERS_MAPPED = 8,
    WORD_KILL = 9,
    WORD_CLEAR = 10,
    WORD_RUN = 11,
    WORD_DIRECTORY = 12,
    WORD_STARTED = 13,
    WORD_FAILED = 14,
    WORD_SYNTAX_ERROR = 15,
    WORD_FILES_REFUSED = 16,
    WORD_MORE = 17,
    WORD_LAST = 18,
    WORD_TESTS = 19,
};

struct __attribute__((packed)) started_record {
    uint8_t word;
    uint64_t at_ns;
};
_Static_assert(sizeof(struct started_record) == 9, "STARTED has no padding");

struct __attribute__((packed)) report_record {
    uint8_t word;
    int32_t status;
    uint64_t cpu_ns;
    uint64_t peak_memory;
    uint64_t ended_ns;
};
_Static_assert(sizeof(struct report_record) == 29, "REPORT has no padding");

struct __attribute__((packed)) first_test_record {
    uint8_t word;
    int64_t modules;
};
_Static_assert(sizeof(struct first_test_record) == 9, "FIRST_TEST has no padding");

struct __attribute__((packed)) claim_record {
    int64_t stdout_end;
    int64_t stderr_end;
    int64_t cpu_ns;
    int64_t wall_ns;
};
_Static_assert(sizeof(struct claim_record) == 32, "CLAIM has no padding");

struct __attribute__((packed)) file_end_record {
    int64_t at;
};
_Static_assert(sizeof(struct file_end_record) == 8, "FILE_END has no padding");

struct __attribute__((packed)) program_record {
    uint64_t cpu_s;
    uint64_t stack_bytes;
    uint64_t processes;
    uint32_t flags;
    uint32_t argc;
    uint32_t environment;
    uint32_t collect;
    uint32_t files;
    uint32_t strings;
};
_Static_assert(sizeof(struct program_record) == 48, "PROGRAM has no padding");

struct __attribute__((packed)) batch_record {
    uint64_t turn_ns;
    uint32_t tests;
    uint32_t files;
};
_Static_assert(sizeof(struct batch_record) == 16, "BATCH has no padding");

struct __attribute__((packed)) test_record {
    uint64_t stdin_bytes;
    uint32_t files;
};
_Static_assert(sizeof(struct test_record) == 12, "TEST has no padding");

struct __attribute__((packed)) file_record {
    uint64_t bytes;
};
_Static_assert(sizeof(struct file_record) == 8, "FILE has no padding");

struct __attribute__((packed)) progress_record {
    uint64_t tests;
};
_Static_assert(sizeof(struct progress_record) == 8, "PROGRESS has no padding");

enum flag {
    FLAG_PYTHON = 1,
    FLAG_MODULE = 2,
    FLAG_SESSION = 4,
    FLAG_REHEARSAL = 8,
};

enum run_descriptor {
    RUN_DESCRIPTOR_STDIN = 0,
    RUN_DESCRIPTOR_STDOUT = 1,
    RUN_DESCRIPTOR_STDERR = 2,
    RUN_DESCRIPTOR_BODY = 3,
    RUN_DESCRIPTOR_EXTRA = 4,
};

enum batch_descriptor {
    BATCH_DESCRIPTOR_BODY = 0,
    BATCH_DESCRIPTOR_STDIN = 1,
    BATCH_DESCRIPTOR_STDOUT = 2,
    BATCH_DESCRIPTOR_STDERR = 3,
    BATCH_DESCRIPTOR_PROGRESS = 4,
};

#define MAX_DESCRIPTORS 8

#define MAX_FAILURE_BYTES 2048

#define BOX_DIRECTORIES \
    "work", \
    "tmp", \
    "shm"
#define BOX_DIRECTORIES_COUNT 3

#define UMASK 18

#define OPEN_FILES 1024

#define CANNOT_START_STATUS 127

#define INTERRUPTED_STATUS 258

#define LIMITS_OF_ALL \
    {RLIMIT_CORE, 0}, \
    {RLIMIT_MSGQUEUE, 0}, \
    {RLIMIT_RTPRIO, 0}, \
    {RLIMIT_NICE, 0}, \
    {RLIMIT_MEMLOCK, 8388608}, \
    {RLIMIT_SIGPENDING, 4096}

#define NAMES_SET_ANEW \
    "argv", \
    "orig_argv", \
    "stdin", \
    "stdout", \
    "stderr", \
    "__stdin__", \
    "__stdout__", \
    "__stderr__"
#define NAMES_SET_ANEW_COUNT 8

#define DYING_S 0.0005

#define SWEEP_S 10.0

#define SOCKETS_S 0.05

#define UNMOUNT_BYTES_PER_S 67108864

#define MAX_LEFT_BYTES 4194304

#define MAX_IN_FLIGHT 512

#define INODE_BYTES 1024
