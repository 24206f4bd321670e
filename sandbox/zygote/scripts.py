"""How scripts are run in this interpreter: by the helper in C where there is one, else by ``python_main``."""

from __future__ import annotations

import builtins
import os
import sys
import types
from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.zygote.python_main import Ended, compile_source, finish, run_script, status_of

MODULES: dict[str, types.ModuleType] = {}
"""The runtime's own modules, by name."""

BUILTINS, SYS, PLAIN_MODULES, ALL_MODULES = range(4)
"""What ``native`` keeps, as again.c numbers it."""

_TYPICAL = b"""
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
_TIMES = 16
"""Python adapts code to how it is used within so many uses."""


class Names(NamedTuple):
    """What three dictionaries of the interpreter's hold."""

    builtins: dict[str, Any]
    sys: dict[str, Any]
    modules: dict[str, types.ModuleType]


class Scripts:
    """Made once in the zygote. ``native`` is the helper, or None."""

    def __init__(self, native: types.ModuleType | None) -> None:
        self.native = native
        self._modules_kept = PLAIN_MODULES

    def run(self, code: types.CodeType, path: str) -> Ended:
        """Run ``code`` as ``__main__``, up to where the interpreter would end the process."""
        if self.native is None:
            return run_script(code, path)
        return Ended(*self.native.run_first(code, path, os.path.dirname(path)))

    def show(self, modules: Mapping[str, types.ModuleType]) -> None:
        """Let a program find these too: they are ``MODULES``."""
        sys.modules.update(modules)
        self._modules_kept = ALL_MODULES
        if self.native is not None:
            self.native.with_ours(True)

    def warm_up(self, cwd: str) -> None:
        """Do once, before any fork, what a script's run changes in the interpreter: a child that did it first would
        copy the memory that it changes. Then keep what the interpreter holds, to be found again after each test.
        Programs start in ``cwd``."""
        if self.native is not None:
            self.native.prepare_scripts(status_of, finish)
        main, search, argv = sys.modules["__main__"], list(sys.path), sys.argv
        for _ in range(_TIMES):
            self.run(compile_source(_TYPICAL, "main.py"), "main.py")
        sys.modules["__main__"], sys.path[:], sys.argv = main, search, argv
        if self.native is not None:
            self._keep(self.native, cwd)

    def names_kept(self) -> Names:
        """What builtins, sys and sys.modules held before any test."""
        if self.native is None:
            return Names(dict(vars(builtins)), dict(vars(sys)), dict(sys.modules))
        return Names(*map(self.native.what_was_kept, (BUILTINS, SYS, self._modules_kept)))

    def keep_modules(self) -> None:
        """Take those that are there now for those that are always there."""
        if self.native is not None:
            self.native.keep(self._modules_kept, sys.modules)

    def _keep(self, native: Any, cwd: str) -> None:
        native.keep(BUILTINS, vars(builtins))
        native.keep(SYS, vars(sys))
        native.keep(PLAIN_MODULES, sys.modules)
        sys.modules.update(MODULES)
        native.keep(ALL_MODULES, sys.modules)
        for name in MODULES:
            del sys.modules[name]
        streams = [state_of(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)]
        native.keep_state(list(sys.path), cwd, sys.getrecursionlimit(), sys.get_int_max_str_digits(), *streams)


def state_of(stream: Any) -> dict[str, Any]:
    """How a standard stream was made, apart from its newlines."""
    return {name: getattr(stream, name) for name in ("encoding", "errors", "line_buffering", "write_through")}
