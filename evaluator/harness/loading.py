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
"""What function problems take for granted; LiveCodeBench supplies the same."""

_OF_THIS_RUN = ("argv", "stdin", "stdout", "stderr")
_RECURSION_LIMIT = 50_000


class NotPython(Exception):
    """The source does not parse; the message is what the parser said."""


def prepare() -> None:
    """What every submission finds: room to recurse, and integers that print at any length."""
    sys.setrecursionlimit(_RECURSION_LIMIT)
    sys.set_int_max_str_digits(0)


def load(names: dict[str, Any]) -> types.ModuleType:
    """Run the submission's file as the module ``solution``. ``names`` are found where builtins are: the submission's
    own win, and none of them (``add`` of ``operator``) can be taken for a function that it was asked to write.

    Raises:
        NotPython: it does not parse.
        BaseException: whatever the submission raises.
    """
    path = f"{os.getcwd()}/{SOURCE}"
    with open(path, "rb") as file:
        source = file.read()
    code = _compiled(source, path)
    module = types.ModuleType("solution")
    module.__file__ = path
    sys.modules["solution"] = module
    if names:
        module.__dict__["__builtins__"] = {**names, **vars(builtins)}
    exec(code, module.__dict__)
    return module


@functools.lru_cache(1)
def _compiled(source: bytes, path: str) -> types.CodeType:
    """Once for all tests that share a process."""
    try:
        code: types.CodeType = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise NotPython("".join(traceback.format_exception_only(error))) from None
    return code


def _imported() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(PRELUDE, names)
    del names["__builtins__"]
    return names


_PRELUDE_NAMES = _imported()
"""Made before any submission is there, in the process that all others are forks of."""


def prelude() -> dict[str, Any]:
    """The names of LiveCodeBench's imports."""
    return _PRELUDE_NAMES | {name: vars(sys)[name] for name in _OF_THIS_RUN}


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
