"""Making the interpreter ready for scripts, before any of them runs."""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.zygote.names import NameRestorer
from sandbox.zygote.protocol import Word
from sandbox.zygote.python_main import compile_source, finish, run_script, status_of

MODULES: dict[str, types.ModuleType] = {}
"""The runtime's own modules, by name."""

NO_PYTHON = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)
"""Exceptions of the parser for a source that is not Python."""
_MAX_CHARACTERS, _MAX_LINE_CHARACTERS = 4096, 800

_TYPICAL_SCRIPT = b"""
import sys
def solve(values, times=2):
    best = {}
    for i in range(len(values)):
        best[i] = values[i] * times + i % 3
    return sorted(best.items(), key=lambda item: -item[1]), sum(values)
class Node:
    def __init__(self, value): self.value = value
    def get(self): return self.value
a, b = map(int, '1 2'.split())
total = sum(int(x) for x in '1 2 3'.split()) + Node(3).get()
while total > 5 and not a == 3 or b is None: total -= 1
try:
    raise ValueError(f'{a} {solve([a, b, total])}')
except ValueError as error:
    print(str(error)[:0], end='')
"""
_WARM_UP_RUNS = 16
"""Python adapts code to how it is used within so many uses."""


def warm_up(native: types.ModuleType | None, cwd: str) -> None:
    """Do once, before any fork, what a script's run changes in the interpreter: a child that did it first would copy
    the memory that it changes. The helper then keeps what the interpreter holds, to be found again after each test;
    programs start in ``cwd``."""
    if native is not None:
        names = NameRestorer(native.read_names, native.keep_modules)
        native.prepare_scripts(status_of, finish, refusal, names.restored, MODULES, library_seeds())
    main, search = sys.modules["__main__"], list(sys.path)
    with _no_calls_at_exit():
        for _ in range(_WARM_UP_RUNS):
            code = compile_source(_TYPICAL_SCRIPT, "main.py")
            if native is None:
                run_script(code, "main.py")
            else:
                native.run_script(code, f"{cwd}/main.py", cwd)
    sys.modules["__main__"], sys.path[:] = main, search
    if native is not None:
        streams = map(_settings, (sys.stdin, sys.stdout, sys.stderr))
        native.keep_state(search, cwd, sys.getrecursionlimit(), sys.get_int_max_str_digits(), *streams)


def library_seeds() -> tuple[Callable[[], object], ...]:
    """Return functions that give libraries, where they are warm, new random numbers. A program's process calls them
    once: imported by the program, a library would have started with its own. A fork by the program calls none."""
    generators = sys.modules.get("numpy.random.mtrand")
    return () if generators is None else (generators._rand.seed,)


@contextlib.contextmanager
def _no_calls_at_exit() -> Iterator[None]:
    """Leave to the programs what the modules that are warm have to do at exit: a pool of threads would start none."""
    shutdown, run_all = threading._shutdown, atexit._run_exitfuncs  # type: ignore[attr-defined]
    threading._shutdown = atexit._run_exitfuncs = lambda: None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        threading._shutdown, atexit._run_exitfuncs = shutdown, run_all  # type: ignore[attr-defined]


def refusal(error: BaseException) -> bytes:
    """Message to the owner about a program that could not be started."""
    if isinstance(error, NO_PYTHON):
        # Of a long line the beginning: what the parser says follows it.
        lines = (
            line if len(line) <= _MAX_LINE_CHARACTERS else f"{line[:_MAX_LINE_CHARACTERS]}…\n"
            for line in traceback.format_exception_only(error)
        )
        return _message(Word.SYNTAX_ERROR, "".join(lines))
    return _message(Word.FAILED, f"{type(error).__name__}: {error}")


def _message(word: Word, text: str) -> bytes:
    """Cut a text to what fits into one message."""
    return word.to_bytes() + text[:_MAX_CHARACTERS].encode(errors="backslashreplace")


def _settings(stream: Any) -> dict[str, Any]:
    """Arguments with which a standard stream was made, apart from its newlines."""
    return {name: getattr(stream, name) for name in ("encoding", "errors", "line_buffering", "write_through")}
