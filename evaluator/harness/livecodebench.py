"""Runs in the jail: a submission as LiveCodeBench's evaluator runs it, on all tests of its suite in one process.

It is written from what that evaluator does (``lcb_runner/evaluation/testing_util.py``), for scores that are compared
with published ones. Two things are other: no expected output is here, and limits are CPU time. What a program of
stdin becomes: its imports, after LiveCodeBench's own, and a function of all else, which is called once for each test
with replaced ``sys.stdin`` and ``sys.stdout``. It is assumed hostile once the submission is loaded.
"""

from __future__ import annotations

import ast
import io
import json
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from evaluator.harness import hints, structures, values

CALLS, RESULTS = "calls.json", "results.jsonl"
_SOURCE = "solution.py"
_MODULE = "tmp_sol"
"""The name of a program's module there."""
_MODULES = (
    "string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math", "random", "statistics", "itertools",
    "functools", "operator", "io", "sys", "json",
)  # fmt: skip
PRELUDE = "\n".join(
    [
        *(f"from {name} import *" for name in (*_MODULES, "builtins", "typing")),
        *(f"import {name}" for name in _MODULES),
        "sys.setrecursionlimit(50000)",
        "",
    ]
)
"""The imports that stand before every program, in this order: later ones win."""
_WITHOUT = {
    "os": "kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename renames truncate "
    "replace unlink fchmod fchown chmod chown chroot lchflags lchmod lchown getcwd chdir",
    "shutil": "rmtree move chown",
    "subprocess": "Popen",
    "builtins": "quit help",
}
"""Functions that LiveCodeBench takes away from programs."""
_ABSENT_MODULES = ("ipdb", "joblib", "resource", "psutil", "tkinter")
_MAX_DIGITS = 50_000
_DEFAULT_RECURSION = 1_000
_SLEEP_FACTOR = 2
"""A test that sleeps may take so many times its CPU limit, and a second, by the clock."""


class TimeoutException(Exception):
    """A test's time is up. Programs may catch it, as they may there."""


def main() -> None:
    """Entry point."""
    with open(CALLS, "rb", buffering=0) as file:
        calls = json.loads(file.read())
    with open(_SOURCE, "rb", buffering=0) as file:
        source = file.read().decode("utf-8", "replace")
    note = _writer(f"{os.getcwd()}/{RESULTS}")
    _restrict()
    runner = _run_function if calls["function"] else _run_script
    for record in runner(source, calls):
        note(record)


def _run_script(source: str, calls: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a program writes on each input, up to the first on which it fails."""
    watch = _Watch(calls["cpu_s"])
    replaces_open = "open" in source
    try:
        with watch:
            program = _loaded(_as_function(_without_guard(source)))
        function = getattr(program, "wrapped_function")  # noqa: B009 - a name of the program's
    except Exception as error:
        yield {**watch.failure(error), "loading": True}
        return
    for text in calls["inputs"]:
        output = _Output()
        try:
            with watch, _streams(text, output, calls["buffer"]), _files(text, replaces_open), suppress(SystemExit):
                function()
        except Exception as error:
            yield watch.failure(error)
            return
        yield {"output": output.getvalue(), **watch.times()}


def _run_function(source: str, calls: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the form of what a function returns for each list of arguments, up to the first on which it fails."""
    watch = _Watch(calls["cpu_s"])
    try:
        with watch:
            program = _loaded(f"{PRELUDE}\n\n{source}")
        function = getattr(program, calls["function"])
    except Exception as error:
        yield {**watch.failure(error), "loading": True}
        return
    for arguments in calls["inputs"]:
        try:
            with watch:
                returned = function(*arguments)
        except Exception as error:
            yield watch.failure(error)
            return
        yield {**_form(returned), **watch.times()}


def _form(returned: Any) -> dict[str, Any]:
    """Return the form of a result, and whether a class of the program's would say there what equals it."""
    parts = (returned, *returned) if isinstance(returned, list | tuple) else (returned,)
    own = {"own_equality": True} if any(map(_decides_itself, parts)) else {}
    try:
        return {"value": structures.form(returned, hints.PLAIN), **own}
    except values.NotPlain as error:
        return {"not_plain": str(error), **own}


def _decides_itself(value: Any) -> bool:
    return any(each.__module__ == _MODULE and "__eq__" in vars(each) for each in type(value).__mro__)


def _loaded(code: str) -> Any:
    """Run a program as a module. One that mentions a ``Solution`` is an instance of it."""
    module = types.ModuleType(_MODULE, "")
    exec(compile(code, "<string>", "exec", dont_inherit=True), module.__dict__)
    return module.Solution() if "class Solution" in code else module


def _without_guard(source: str) -> str:
    """Take the program out of an ``if __name__ == '__main__'`` that stands at its end."""
    try:
        body = ast.parse(source).body
        last = body[-1]
        if isinstance(last, ast.If) and ast.unparse(last.test).strip() == "__name__ == '__main__'":
            return f"{_unparse(body[:-1])}\n{_unparse(last.body)}"
    except Exception:
        return source
    return source


def _as_function(source: str) -> str:
    """Put all but the imports at the top level into a function. A program that does not parse stays as it is."""
    try:
        body = ast.parse(source).body
        is_import = [isinstance(each, ast.Import | ast.ImportFrom) for each in body]
        imports = [each for each, yes in zip(body, is_import, strict=True) if yes]
        rest = [each for each, yes in zip(body, is_import, strict=True) if not yes]
        function = ast.parse("def wrapped_function(): pass").body[0]
        assert isinstance(function, ast.FunctionDef)
        function.body = rest
        return f"{PRELUDE}\n{_unparse(imports)}\n{_unparse([function])}"
    except Exception:
        return source


def _unparse(body: list[ast.stmt]) -> str:
    return ast.unparse(ast.Module(body, []))


class _Output(io.StringIO):
    """Standard output that a program cannot close."""

    def close(self) -> None:
        """Keep it open."""


class _Stdin:
    """Standard input as LiveCodeBench replaces it: with a ``buffer``, and no lines to iterate over."""

    def __init__(self, text: str) -> None:
        self._text, self._lines = text, io.StringIO(text)
        self.buffer = _Buffer(text.encode())

    def read(self, *_: Any) -> str:
        return self._text

    def readline(self, *size: Any) -> str:
        return self._lines.readline(*size)

    def readlines(self, *_: Any) -> list[str]:
        return self._text.split("\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lines, name)


class _Buffer:
    """The ``buffer`` of stdin: every line that is read is the first."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, *_: Any) -> bytes:
        return self._data

    def readline(self, *_: Any) -> bytes:
        return self._data.split(b"\n")[0] + b"\n"


@contextmanager
def _streams(text: str, output: io.StringIO, buffer: bool) -> Iterator[None]:
    """Replace the standard streams for one call. The stream that programs import by its name before the call stays the
    process's own: what it reads is replaced, what it writes is lost."""
    before, lines = (sys.stdin, sys.stdout), iter(text.split("\n"))
    own: Any = sys.stdin
    own.readline, own.readlines, own.read = (lambda *_: next(lines)), (lambda *_: text.split("\n")), (lambda *_: text)
    stdin: Any = _Stdin(text) if buffer else io.StringIO(text)
    sys.stdin, sys.stdout = stdin, output
    try:
        yield
    finally:
        sys.stdin, sys.stdout = before


@contextmanager
def _files(text: str, replace: bool) -> Iterator[None]:
    """Replace ``builtins.open``, which every file is the input for. Programs have the name from before, by the imports
    that stand before them; so only those that go by the module notice."""
    if not replace:
        yield
        return
    from unittest.mock import mock_open, patch  # takes longer to import than most programs to run

    with patch("builtins.open", mock_open(read_data=text)):
        yield


class _Watch:
    """The time limit of one call: CPU time of the process, and the clock for programs that sleep."""

    def __init__(self, cpu_s: float) -> None:
        self._cpu_s, self._set, self._began = cpu_s, signal.setitimer, (0.0, 0.0)
        self._ended = (0.0, 0.0)
        for each in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(each, self._expire)

    def __enter__(self) -> None:
        self._began = (time.process_time(), time.monotonic())
        self._arm(self._cpu_s)

    def __exit__(self, *_: object) -> None:
        self._arm(0)
        self._ended = (time.process_time(), time.monotonic())

    def times(self) -> dict[str, float]:
        """Return the CPU time and the time by the clock that the call took."""
        return {"cpu_s": self._ended[0] - self._began[0], "wall_s": self._ended[1] - self._began[1]}

    def failure(self, error: Exception) -> dict[str, Any]:
        """Return the record of a call that failed."""
        is_late = "timeoutexception" in repr(error).lower()
        return {
            "failure": "timeout" if is_late else "error",
            "reason": f"{type(error).__name__}: {error}",
            **self.times(),
        }

    def _arm(self, cpu_s: float) -> None:
        self._set(signal.ITIMER_PROF, cpu_s)
        self._set(signal.ITIMER_REAL, _SLEEP_FACTOR * cpu_s + 1 if cpu_s else 0)

    def _expire(self, *_: object) -> None:
        raise TimeoutException


def _restrict() -> None:
    """Take away what LiveCodeBench takes away, and set what it sets."""
    sys.argv = [_SOURCE]
    sys.setrecursionlimit(_DEFAULT_RECURSION)
    sys.set_int_max_str_digits(_MAX_DIGITS)
    os.environ["OMP_NUM_THREADS"] = "1"
    for name, functions in _WITHOUT.items():
        module = __import__(name)
        for function in functions.split():
            setattr(module, function, None)
    for name in _ABSENT_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]


def _writer(path: str) -> Callable[[dict[str, Any]], None]:
    """Return a function that appends a record to a file, by calls that were looked up before the submission ran."""
    opened, wrote, closed, dumps = os.open, os.write, os.close, json.dumps
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND

    def note(record: dict[str, Any]) -> None:
        data = f"{dumps(record)}\n".encode()
        descriptor = opened(path, flags, 0o644)
        while data:
            data = data[wrote(descriptor, data) :]
        closed(descriptor)

    return note
