"""From a forked child of the zygote to the untrusted program."""

from __future__ import annotations

import errno
import os
import resource
import signal
import socket
import sys
import threading
import time
import types
from dataclasses import dataclass
from typing import Any, NoReturn

from sandbox.kernel import capabilities, landlock, mounts, rlimits, seccomp
from sandbox.kernel.libc import PR_SET_DUMPABLE, prctl
from sandbox.zygote import protocol, request
from sandbox.zygote.config import Config
from sandbox.zygote.protocol import Flag, RunDescriptor, Word
from sandbox.zygote.python_main import compile_source, run_script
from sandbox.zygote.request import ProcessBounds
from sandbox.zygote.scripts import MODULES, library_seeds, refusal

_PROC = ("/proc/self", "/proc/meminfo", "/proc/cpuinfo")
_MAX_DESCRIPTOR = 1 << 20
_MESSAGE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Walls:
    """Walls that are made once and laid on every child: the filter of system calls, and the ruleset of files."""

    filter_program: bytes
    ruleset: int | None
    """None where each child needs its own: a rule on /proc/self is about the process that makes it."""

    @classmethod
    def prepare(cls, config: Config) -> Walls:
        filter_program = seccomp.assemble(memory_files=bool(config.groups), messages=config.uid is not None)
        prepared = config.landlock and config.tier == "namespaces"
        return cls(filter_program, landlock.prepare(_rules(config)) if prepared else None)


@dataclass(frozen=True, slots=True)
class PythonProgram:
    """A program of Python's that is to run now, all about its process made ready."""

    argv: tuple[str, ...]
    source: bytes | None
    """None: ``argv[0]`` names one of ``MODULES``."""


def wait_and_become(config: Config, walls: Walls, requests: socket.socket, native: types.ModuleType | None) -> NoReturn:
    """Enter the jail, wait for a request, run it. Never returns."""
    try:
        _enter(config, walls, requests)
        if native is not None:
            native.take_and_become()
        message, descriptors, flags, _ = socket.recv_fds(requests, _MESSAGE_BYTES, protocol.MAX_DESCRIPTORS)
        if not message:
            os._exit(0)
        if len(descriptors) < RunDescriptor.EXTRA or flags & socket.MSG_CTRUNC:
            raise OSError(errno.EBADMSG, "a request of too few descriptors")
        _become(config, requests, _take(config, requests, descriptors))
    except BaseException as error:
        requests.send(refusal(error))
    os._exit(1)


def _enter(config: Config, walls: Walls, requests: socket.socket) -> None:
    """Everything about the jail that does not depend on the program. The owner gets its working directory while this
    process may still send descriptors."""
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
    os.umask(protocol.UMASK)
    for limit, value in protocol.LIMITS_OF_ALL.items():
        rlimits.lower(getattr(resource, limit), value)
    directory = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    socket.send_fds(requests, [Word.DIRECTORY.to_bytes()], [directory])
    os.close(directory)
    if walls.ruleset is not None:
        landlock.restrict_self(walls.ruleset)
        os.close(walls.ruleset)
    elif config.landlock:
        landlock.restrict(_rules(config))
    seccomp.install(walls.filter_program)


def _rules(config: Config) -> list[landlock.Rule]:
    """Rules for the files in sight that a program may use: in a jail with a root of its own that is all of it."""
    inside = config.tier == "namespaces"
    readable = ("/",) if inside else (*config.visible, *_PROC)
    writable = os.path.dirname(config.box) if inside else config.box
    devices: list[landlock.Rule] = [(f"/dev/{name}", landlock.DEVICE) for name in mounts.DEVICES]
    return [*((path, landlock.READ) for path in readable), (writable, landlock.WRITE), *devices]


def _take(config: Config, requests: socket.socket, descriptors: list[int]) -> PythonProgram:
    """Take all that a request says but a script's own text; an executable starts here."""
    stdin, stdout, stderr, body, *more = descriptors
    program = request.read_program(body)
    try:
        request.place(program.files)
    except OSError as error:
        text = os.fsencode(f"{error.strerror or error}: ") + os.fsencode(error.filename or "files")
        requests.send(Word.FILES_REFUSED.to_bytes() + text[: protocol.MAX_FAILURE_BYTES])
        os._exit(1)
    for target, source in enumerate((stdin, stdout, stderr)):
        os.dup2(source, target)
    _set_limits(config, program.bounds)
    if not program.flags & Flag.PYTHON:
        _announce(requests)
        _execute(more[0] if more else program.argv[0], program.argv, program.environment)
    name = program.argv[0]
    return PythonProgram(
        tuple(map(os.fsdecode, program.argv)), None if program.flags & Flag.MODULE else program.files[name]
    )


def _become(config: Config, requests: socket.socket, program: PythonProgram) -> NoReturn:
    name = program.argv[0]
    path = f"{config.box}/work/{name}"
    source = program.source
    if source is None:
        sys.modules.update(MODULES)
        source = f"import {name} as _module\n_module.main()".encode()
    for seed in library_seeds():
        seed()
    code = compile_source(source, path)
    _announce(requests)
    sys.argv = list(program.argv)
    sys.orig_argv = [sys.executable, *program.argv]
    main_thread: Any = threading.main_thread()
    main_thread._set_native_id()
    os.closerange(3, _MAX_DESCRIPTOR)
    os._exit(run_script(code, path, destroys=program.source is not None).status)


def _set_limits(config: Config, bounds: ProcessBounds) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s + 1))
    rlimits.lower(resource.RLIMIT_FSIZE, config.box_bytes)
    rlimits.lower(resource.RLIMIT_STACK, bounds.stack_bytes)
    if not config.groups:
        # No limit of memory here: RLIMIT_AS and RLIMIT_DATA count what is reserved, such as each thread's stack, and
        # node or Java reserve far more than they use. The owner looks at what the tree really uses.
        rlimits.lower(resource.RLIMIT_NPROC, bounds.processes)


def _announce(requests: socket.socket) -> None:
    """Tell the owner that the program starts now."""
    requests.send(protocol.STARTED.pack(Word.STARTED, time.monotonic_ns()))
    rlimits.lower(resource.RLIMIT_NOFILE, protocol.OPEN_FILES)


def _execute(executable: int | bytes, argv: tuple[bytes, ...], environment: tuple[bytes, ...]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    if isinstance(executable, int):
        os.set_inheritable(executable, False)
        os.closerange(3, executable)
        os.closerange(executable + 1, _MAX_DESCRIPTOR)
    else:
        os.closerange(3, _MAX_DESCRIPTOR)
    variables = dict(variable.partition(b"=")[::2] for variable in environment)
    try:
        os.execve(executable, argv, os.environb | variables)
    except OSError as error:
        os.write(2, b"cannot start %s: %s\n" % (argv[0], (error.strerror or "").encode()))
    os._exit(protocol.CANNOT_START_STATUS)
