"""Loading a submission as a module."""

from __future__ import annotations

import builtins
import functools
import os
import sys
import traceback
import types
from typing import Any

SOURCE = "solution.py"
"""The submission's file in the working directory."""
MODULE_NAMES = ("solution", "submission", "candidate", "main", "your_module", "your_code")
"""The names by which tests may import the submission."""

PRELUDE = """
from string import *
from re import *
from datetime import *
from collections import *
from heapq import *
from bisect import *
from copy import *
from math import *
from random import *
from statistics import *
from itertools import *
from functools import *
from operator import *
from io import *
from sys import *
from json import *
from typing import *
import string, re, datetime, collections, heapq, bisect, copy, math, random, statistics, itertools, functools
import operator, io, sys, json, typing
inf = math.inf
"""
"""The imports that function problems take for granted; LiveCodeBench supplies the same."""

_OF_THIS_RUN = ("argv", "stdin", "stdout", "stderr")
_RECURSION_LIMIT = 50_000
_LINE = 800
"""Characters of a line that the parser's message shows."""


class NotPython(Exception):
    """The source does not parse; the message is what the parser said."""


def prepare() -> None:
    """Give every submission room to recurse, and integers that print at any length."""
    sys.setrecursionlimit(_RECURSION_LIMIT)
    sys.set_int_max_str_digits(0)


def load(builtin_names: dict[str, Any] | None, names: dict[str, Any] | None = None) -> types.ModuleType:
    """Run the submission's file as the module ``solution``. ``builtin_names``, of ``beside_builtins``, are its
    builtins, if it has more than the usual ones; ``names`` are in the module before it begins.

    Raises:
        NotPython: it does not parse.
        BaseException: whatever the submission raises.
    """
    return run(_compiled(f"{os.getcwd()}/{SOURCE}"), builtin_names, names)


def run(
    code: types.CodeType, builtin_names: dict[str, Any] | None, names: dict[str, Any] | None = None
) -> types.ModuleType:
    """Run what was compiled, as ``load`` does."""
    module = types.ModuleType("solution")
    vars(module).update(names or {})
    module.__file__ = code.co_filename
    sys.modules["solution"] = module
    if builtin_names is not None:
        builtin_names.update(_of_this_run())
    module.__dict__["__builtins__"] = vars(builtins) if builtin_names is None else builtin_names
    exec(code, module.__dict__)
    return module


def forget() -> None:
    """Leave the modules as they were found: to have that done by whoever looks after a test takes longer."""
    sys.modules.pop("solution", None)


@functools.lru_cache(1)
def _compiled(path: str) -> types.CodeType:
    """Compile a file, once for all tests that share a process."""
    with open(path, "rb", buffering=0) as file:
        source = file.read()
    try:
        code: types.CodeType = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        lines = (
            line if len(line) <= _LINE else f"{line[:_LINE]}…\n" for line in traceback.format_exception_only(error)
        )
        raise NotPython("".join(lines)) from None
    return code


def _imported() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(PRELUDE, names)
    del names["__builtins__"]
    return names


_PRELUDE_NAMES = _imported()
"""Made before any submission is there, in the process that all others are forks of."""


def beside_builtins(more: dict[str, Any]) -> dict[str, Any]:
    """Builtins, and beside them the names of LiveCodeBench's imports and more. A submission's own names win over all of
    them, and none (``add`` of ``operator``) can be taken for a function that it was asked to write. To be made before
    there is a submission: a child that makes its own copies the memory of each of a thousand things."""
    return {**_PRELUDE_NAMES, **more, **vars(builtins)}


BUILTIN_NAMES = beside_builtins({})
"""No more than those."""


def prelude_names() -> dict[str, Any]:
    """LiveCodeBench's names, as a submission has them whose first lines import them."""
    return _PRELUDE_NAMES | _of_this_run()


def constants() -> dict[str, Any]:
    """LiveCodeBench's names that are no functions or classes."""
    return {name: value for name, value in (_PRELUDE_NAMES | _of_this_run()).items() if not callable(value)}


def _of_this_run() -> dict[str, Any]:
    return {name: vars(sys)[name] for name in _OF_THIS_RUN}


def show(error: BaseException) -> None:
    """Print the traceback from the submission's first frame on, as the interpreter does: the traceback module takes
    most of a second for 50,000 frames."""
    own = error.with_traceback(own_trace(error))
    sys.__excepthook__(type(own), own, own.__traceback__)
    sys.stderr.flush()


def own_trace(error: BaseException) -> types.TracebackType | None:
    """The traceback without the frames of ours above the submission's."""
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.endswith(f"/{SOURCE}"):
        trace = trace.tb_next
    return trace or error.__traceback__
