"""Runs in the jail, under the submissions' interpreter: loads solution.py, calls one function, writes result.json.

Standard library only. Compiled once when a slot starts.
"""

import builtins
import collections
import json
import os
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

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
"""
"""What function problems take for granted; LiveCodeBench supplies the same."""

RECURSION_LIMIT = 50_000


def main() -> None:
    home = os.getcwd()
    with open("call.json") as file:
        call = json.load(file)
    with open("solution.py", "rb") as file:
        source = file.read()
    write, dumps = _writer(f"{home}/result.json"), json.dumps  # a submission may replace what it likes
    sys.setrecursionlimit(RECURSION_LIMIT)
    sys.set_int_max_str_digits(0)
    try:
        code = compile(source, f"{home}/solution.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        write(dumps({"syntax_error": "".join(traceback.format_exception_only(error))}))
        return
    module = types.ModuleType("solution")
    module.__file__ = f"{home}/solution.py"
    sys.modules["solution"] = module
    module.__dict__["__builtins__"] = _with_prelude()
    try:
        exec(code, module.__dict__)
        function = _find(module, call["name"])
        if function is None:
            write(dumps({"missing": call["name"]}))
            return
        value = function(*call["arguments"])
    except SystemExit:
        raise
    except BaseException as error:
        _show(error, module.__file__)
        os._exit(1)
    try:
        answer = {"value": plain(value)}
    except NotPlain as error:
        answer = {"not_plain": str(error)}
    write(dumps(answer))


def _with_prelude() -> dict[str, Any]:
    """The prelude where builtins are looked up: a submission's own names win, and no name of the prelude's (``add``
    of ``operator``) can be taken for the function that it was asked to write."""
    prelude: dict[str, Any] = {}
    exec(PRELUDE, prelude)
    return {**prelude, **vars(builtins)}


def _writer(path: str) -> Callable[[str], None]:
    """Writes text to a path that was fixed before the submission ran."""
    opened, wrote, closed = os.open, os.write, os.close

    def write(text: str) -> None:
        data = text.encode()
        descriptor = opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        while data:
            data = data[wrote(descriptor, data) :]
        closed(descriptor)

    return write


def _find(module: types.ModuleType, name: str) -> Any:
    """``Solution().name`` (a fresh instance for each test) or the module's own ``name``."""
    solution = module.__dict__.get("Solution")
    if solution is not None and hasattr(solution, name):
        return getattr(solution(), name)
    return module.__dict__.get(name)


def _show(error: BaseException, path: str | None) -> None:
    """The traceback from the submission's first frame on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != path:
        trace = trace.tb_next
    error = error.with_traceback(trace or error.__traceback__)
    # The interpreter's own display: the traceback module takes most of a second for 50,000 frames.
    sys.__excepthook__(type(error), error, error.__traceback__)
    sys.stderr.flush()


class NotPlain(Exception):
    """A value that JSON has no form for."""


def plain(value: Any) -> Any:
    """Lists, dicts, numbers, strings; by exact type, so that no method of a submission's class is asked."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (list, tuple, collections.deque, range):
        return [plain(element) for element in value]
    if issubclass(kind, int):
        return int.__int__(value)
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, dict):
        return {_key(key): plain(element) for key, element in dict.items(value)}
    if issubclass(kind, list):
        return [plain(element) for element in list.__iter__(value)]
    if issubclass(kind, tuple):
        return [plain(element) for element in tuple.__iter__(value)]
    raise NotPlain(kind.__name__)


def _key(key: Any) -> str:
    """JSON's keys are strings; a number is written as one."""
    if type(key) is str:
        return key
    if type(key) in (int, float, bool) or key is None:
        return json.dumps(key)
    raise NotPlain(f"dict with a key of type {type(key).__name__}")


main()
