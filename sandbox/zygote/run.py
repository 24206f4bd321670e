"""From a forked child of the zygote to the untrusted program."""

from __future__ import annotations

import gc
import json
import math
import os
import resource
import signal
import socket
import sys
import time
import types
from dataclasses import dataclass
from typing import Any, NoReturn

from sandbox.kernel import capabilities, landlock, mounts, rlimits, seccomp
from sandbox.kernel.libc import PR_SET_DUMPABLE, prctl
from sandbox.zygote.again import run_tests
from sandbox.zygote.config import Config
from sandbox.zygote.python_main import compile_source, run_as_main
from sandbox.zygote.request import JSON, place, read

MODULES: dict[str, types.ModuleType] = {}
"""The runtime's own modules, by name."""

BOX_DIRECTORIES = ("work", "tmp", "shm")
OPEN_FILES = 1024
_PROC = ("/proc/self", "/proc/meminfo", "/proc/cpuinfo")
_ALL_FILES = 1 << 20
_MESSAGE_BYTES = 4096
_MAX_SYNTAX_ERROR = 8192


@dataclass(frozen=True, slots=True)
class Walls:
    """What is made once and laid on every child: the filter of system calls, and the ruleset of files."""

    filter_program: bytes
    ruleset: int | None
    """None where each child needs its own: a rule on /proc/self is about the process that makes it."""

    @classmethod
    def prepare(cls, config: Config) -> Walls:
        # Objects of System V and POSIX IPC are denied even where they would be private: a slot serves many programs.
        filter_program = seccomp.assemble(private_ipc=False, memory_files=bool(config.groups))
        prepared = config.landlock and config.tier == "namespaces"
        return cls(filter_program, landlock.prepare(_rules(config)) if prepared else None)


def wait_and_become(config: Config, walls: Walls, requests: socket.socket) -> NoReturn:
    """Enter the jail, wait for a request, run it. Never returns."""
    try:
        _enter(config, walls)
        _warm_up()
        message, descriptors, _, _ = socket.recv_fds(requests, _MESSAGE_BYTES, 8)
        if not message:
            os._exit(0)
        _become(config, requests, descriptors)
    except BaseException as error:
        _send(requests, {"failed": f"{type(error).__name__}: {error}"})
    os._exit(1)


def _enter(config: Config, walls: Walls) -> None:
    """Everything about the jail that does not depend on the program."""
    os.setsid()
    for group in config.groups:
        os.write(group, b"0")
    if config.uid is not None:
        os.setgroups([])
        os.setresgid(config.uid, config.uid, config.uid)
        os.setresuid(config.uid, config.uid, config.uid)
    capabilities.drop_all()
    # A change of user makes a process undumpable, and its /proc/self root's; programs expect their own.
    prctl(PR_SET_DUMPABLE, 1)
    os.chdir(f"{config.box}/work")
    os.umask(0o022)
    if walls.ruleset is not None:
        landlock.restrict_self(walls.ruleset)
        os.close(walls.ruleset)
    elif config.landlock:
        landlock.restrict(_rules(config))
    seccomp.install(walls.filter_program)


def _warm_up() -> None:
    """Use once, while nobody waits, what every program needs: its first touch copies memory from the parent."""
    JSON.raw_decode('{"files": [["main.py", 1]], "limits": {"cpu_s": 1.0}}')
    module = types.ModuleType("__main__")
    exec(compile_source(b"a = [int(x) for x in '1 2'.split()]\nstr(sum(a))", "main.py"), module.__dict__)
    sys.stdout.flush()
    gc.freeze()  # what a program's collections need not walk


def _rules(config: Config) -> list[landlock.Rule]:
    """What of the files in sight a program may use: in a jail with a root of its own that is all of it."""
    inside = config.tier == "namespaces"
    readable = ("/",) if inside else (*config.visible, *_PROC)
    writable = os.path.dirname(config.box) if inside else config.box
    devices: list[landlock.Rule] = [(f"/dev/{name}", landlock.DEVICE) for name in mounts.DEVICES]
    return [*((path, landlock.READ) for path in readable), (writable, landlock.WRITE), *devices]


def _become(config: Config, requests: socket.socket, descriptors: list[int]) -> NoReturn:
    stdin, stdout, stderr, body, *more = descriptors
    request, contents = read(body)
    try:
        files = place(request["files"], contents)
    except OSError as error:
        _send(requests, {"files_refused": f"{error.strerror or error}: {error.filename or 'files'}"})
        os._exit(1)
    for target, source in enumerate((stdin, stdout, stderr)):
        os.dup2(source, target)
    _set_limits(config, request["limits"])
    if not request["python"]:
        _announce(config, requests, request)
        os.environ.update(request["environment"])
        _execute(more[0] if more else request["argv"][0], request["argv"])
    name = request["argv"][0]
    try:
        path = f"{config.box}/work/{name}"
        code = compile_source(_source(request["module"], name, files), path)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        _send(requests, {"syntax_error": _describe(error)})
        os._exit(1)
    _announce(config, requests, request)
    sys.argv = list(request["argv"])
    sys.orig_argv = [sys.executable, *request["argv"]]
    if request["several"]:
        directories = tuple(f"{config.box}/{name}" for name in BOX_DIRECTORIES)
        run_tests(code, path, socket.socket(fileno=more[0]), directories, tuple(request["collect"]))
    os.closerange(3, _ALL_FILES)
    run_as_main(code, path)


def _source(module: bool, name: str, files: dict[str, bytes]) -> bytes:
    if module:
        sys.modules.update(MODULES)
    return f"import {name} as _module\n_module.main()".encode() if module else files[name]


def _set_limits(config: Config, limits: dict[str, Any]) -> None:
    # The owner stops a program by the tree's CPU time; this is for one process when the owner is late.
    cpu_s = math.ceil(limits["cpu_s"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    rlimits.lower(resource.RLIMIT_FSIZE, config.box_bytes)
    rlimits.lower(resource.RLIMIT_CORE, 0)
    rlimits.lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    rlimits.lower(resource.RLIMIT_STACK, limits["stack_bytes"])
    rlimits.lower(resource.RLIMIT_MSGQUEUE, 0)
    if not config.groups:
        # No limit of memory here: RLIMIT_AS and RLIMIT_DATA count what is reserved, such as each thread's stack, and
        # node or Java reserve far more than they use. The owner looks at what the tree really uses.
        rlimits.lower(resource.RLIMIT_NPROC, limits["processes"])


def _announce(config: Config, requests: socket.socket, request: dict[str, Any]) -> None:
    """Tell the owner that the program starts now, with its directory where files are to be collected."""
    descriptors = [os.open(".", os.O_RDONLY | os.O_DIRECTORY)] if request["collect"] else []
    socket.send_fds(requests, [b'{"started": %f}' % time.monotonic()], descriptors)


def _execute(executable: int | str, argv: list[str]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    if isinstance(executable, int):
        os.set_inheritable(executable, False)
        os.closerange(3, executable)
        os.closerange(executable + 1, _ALL_FILES)
    else:
        os.closerange(3, _ALL_FILES)
    os.execve(executable, argv, os.environ)


def _describe(error: BaseException) -> str:
    import traceback

    return "".join(traceback.format_exception_only(error))[:_MAX_SYNTAX_ERROR]


def _send(requests: socket.socket, message: dict[str, Any]) -> None:
    requests.send(json.dumps(message).encode())
