#include "child.h"

#include "messages.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* run.py, _set_limits. */
static void set_limits(const struct jail *jail, const struct program_record *program) {
    struct rlimit cpu = {program->cpu_s, program->cpu_s + 1};
    must(jail, setrlimit(RLIMIT_CPU, &cpu), "setrlimit");
    lower(jail, RLIMIT_FSIZE, jail->box_bytes);
    lower(jail, RLIMIT_STACK, program->stack_bytes);
    if (jail->limit_processes)
        lower(jail, RLIMIT_NPROC, program->processes);
}

/* Tell the owner that the program starts now. */
static void announce(const struct jail *jail) {
    struct started_record started = {WORD_STARTED, now_ns(CLOCK_MONOTONIC)};
    must(jail, send(jail->requests, &started, sizeof started, MSG_NOSIGNAL), "send");
    lower(jail, RLIMIT_NOFILE, OPEN_FILES);
}

/* A list of ``count`` strings from ``at`` on, with room for ``more``. */
static char **strings(const struct jail *jail, char *at, size_t count, size_t more) {
    char **list = calloc(count + more + 1, sizeof *list);
    if (!list)
        give_up(jail, WORD_FAILED, "command line", errno);
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        list[i] = at;
    return list;
}

/* Whether one of ``count`` variables has the name of this one. */
static int is_set(const char *variable, char *const *variables, size_t count) {
    size_t size = strcspn(variable, "=") + 1;
    for (size_t i = 0; i < count; i++)
        if (!strncmp(variables[i], variable, size))
            return 1;
    return 0;
}

/* The jail's variables, and a program's ``count`` from ``at`` on in the place of those of the same names. */
static char **environment_of(const struct jail *jail, char *at, size_t count) {
    size_t inherited = 0, end = count;
    while (jail->environment[inherited])
        inherited++;
    char **environment = strings(jail, at, count, inherited);
    for (size_t i = 0; i < inherited; i++)
        if (!is_set(jail->environment[i], environment, count))
            environment[end++] = jail->environment[i];
    return environment;
}

/* run.py, _execute. */
static _Noreturn void execute(const struct jail *jail, const struct request *request, int executable) {
    char **argv = strings(jail, request->argv, request->program.argc, 0);
    char **environment = environment_of(jail, request->environment, request->program.environment);
    announce(jail);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    close_from(3, executable);
    if (executable >= 0) {
        fcntl(executable, F_SETFD, FD_CLOEXEC);
        fexecve(executable, argv, environment);
    } else
        execve(argv[0], argv, environment);
    dprintf(2, "cannot start %s: %s\n", argv[0], strerror(errno));
    _exit(CANNOT_START_STATUS);
}

static struct request read_body(const struct jail *jail, int body) {
    struct stat status;
    must(jail, fstat(body, &status), "request");
    char *data = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, body, 0);
    if (data == MAP_FAILED)
        give_up(jail, WORD_FAILED, "request", errno);
    struct request request;
    if (!read_request(data, status.st_size, &request))
        give_up(jail, WORD_FAILED, "a request that says more or less than it holds", EBADMSG);
    return request;
}

/* Place the program's files, and find its source among them. */
static void place_files(const struct jail *jail, struct request *request, struct program *program) {
    while (request->files.count) {
        struct file file = next_file(&request->files);
        if (place(file.name, file.contents, file.size) == -1)
            give_up(jail, WORD_FILES_REFUSED, file.name, errno);
        if (!strcmp(file.name, request->argv) && !(request->program.flags & FLAG_MODULE)) {
            program->source = file.contents;
            program->source_size = file.size;
        }
    }
}

/* run.py, _take. */
struct program take_program(const struct jail *jail) {
    int descriptors[MAX_DESCRIPTORS], count = receive(jail->requests, descriptors);
    if (count == -1)
        _exit(0);
    if (count <= RUN_DESCRIPTOR_BODY)
        give_up(jail, WORD_FAILED, "a request of too few descriptors", EBADMSG);
    int extra = count > RUN_DESCRIPTOR_EXTRA ? descriptors[RUN_DESCRIPTOR_EXTRA] : -1;
    struct request request = read_body(jail, descriptors[RUN_DESCRIPTOR_BODY]);
    uint32_t flags = request.program.flags;
    struct program program = {.argc = request.program.argc,
                              .collect_count = request.program.collect,
                              .argv = request.argv,
                              .collect = request.collect,
                              .session = flags & FLAG_SESSION ? extra : -1,
                              .is_rehearsal = (flags & FLAG_REHEARSAL) && jail->noted};
    if (jail->noted && !program.is_rehearsal)
        end_sharing(jail->noted);
    place_files(jail, &request, &program);
    if ((flags & FLAG_PYTHON) && !(flags & FLAG_MODULE) && !program.source)
        give_up(jail, WORD_FAILED, "a request without its program", EBADMSG);
    if ((flags & FLAG_SESSION) && extra == -1)
        give_up(jail, WORD_FAILED, "a request of too few descriptors", EBADMSG);
    for (int target = 0; target < 3; target++)
        must(jail, dup2(descriptors[RUN_DESCRIPTOR_STDIN + target], target), "dup2");
    set_limits(jail, &request.program);
    if (!(flags & FLAG_PYTHON))
        execute(jail, &request, extra);
    if (jail->only_executables)
        give_up(jail, WORD_FAILED, "a script for a jail of executables", EBADMSG);
    return program;
}

/* The program is refused: in the words of scripts.py, to whoever waits for its start. */
static _Noreturn void refuse(const struct jail *jail, const struct python_refs *py) {
    PyObject *kind, *error, *trace;
    PyErr_Fetch(&kind, &error, &trace);
    PyErr_NormalizeException(&kind, &error, &trace);
    PyObject *message = PyObject_CallFunctionObjArgs(py->refusal, error, NULL);
    char *text;
    Py_ssize_t size;
    if (message && PyBytes_AsStringAndSize(message, &text, &size) == 0)
        tell_owner(jail, text, size);
    _exit(1);
}

static PyObject *command_line(const struct program *program) {
    PyObject *argv = PyList_New(0);
    const char *at = program->argv;
    for (uint32_t i = 0; argv && i < program->argc; i++, at += strlen(at) + 1) {
        PyObject *text = PyUnicode_DecodeFSDefault(at);
        if (!text || PyList_Append(argv, text) == -1)
            return NULL;
        Py_DECREF(text);
    }
    return argv;
}

/* The program's code, which its first line would import from a module of ours where it has no source. */
static PyObject *compile(const struct python_refs *py, const struct program *program, PyObject *path) {
    PyObject *source = program->source ? PyBytes_FromStringAndSize(program->source, program->source_size)
                                       : PyBytes_FromFormat("import %s as _module\n_module.main()", program->argv);
    PyObject *code = source ? PyObject_CallFunction(py->compile, "OOsiO", source, path, "exec", 0, Py_True) : NULL;
    Py_XDECREF(source);
    return code;
}

static void set_command_line(struct names *names, PyObject *argv) {
    const struct python_refs *py = names->py;
    PyObject *original = PyList_GetSlice(argv, 0, PyList_Size(argv));
    if (!original || PyList_Insert(original, 0, py->executable) == -1 ||
        set_anew(names, py->sys_dict, py->n_argv, argv) == -1 ||
        set_anew(names, py->sys_dict, py->n_orig_argv, original) == -1)
        _exit(1);
}

static void open_session(struct session *session, const struct program *program) {
    const char *name = program->collect;
    session->socket = program->session;
    session->collect = calloc((size_t)program->collect_count + 1, sizeof *session->collect);
    if (!session->collect)
        _exit(1);
    for (uint32_t i = 0; i < program->collect_count; i++, name += strlen(name) + 1)
        session->collect[i] = strdup(name);
}

void become(const struct jail *jail, struct session *session, const struct program *program) {
    const struct python_refs *py = session->py;
    reseed(py);
    number_main_thread(py);
    PyObject *argv = command_line(program);
    struct script script;
    script.directory = PyUnicode_FromFormat("%s/work", jail->box);
    script.path = PyUnicode_FromFormat("%s/work/%s", jail->box, program->argv);
    if (!program->source)
        show_own_modules(session->scripts->names);
    script.code = argv && script.directory && script.path ? compile(py, program, script.path) : NULL;
    if (!script.code)
        refuse(jail, py);
    announce(jail);
    set_command_line(session->scripts->names, argv);
    if (program->session >= 0) {
        open_session(session, program);
        run_session(session, &script, argv);
    }
    close_from(3, -1);
    struct script_end end = {1, 0};
    /* A module of ours has left its result by the time it ends. */
    run_script(session->scripts, &script, program->source ? DESTROY_ALL : DESTROY_NONE, &end);
    if (program->is_rehearsal)
        note_pages(jail->noted);
    _exit(end.status);
}
