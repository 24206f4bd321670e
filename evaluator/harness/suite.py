"""A suite's delivered tests beside a submission: the modules that both are, and what is said of an exception."""

from __future__ import annotations
import __future__

import ast
import builtins
import functools
import linecache
import operator
import os
import sys
import traceback
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.harness import loading
from evaluator.harness.recorder import Log, Recorder

RECORDER = "_R_"
"""The recorder's name in delivered tests."""
_TESTS_FILE = "test_solution.py"
_OWN_FILES = (f"/{loading.SOURCE}", f"/{_TESTS_FILE}")
_MAX_LINE, _MAX_TRACE, _MAX_FRAMES = 400, 4000, 20


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is delivered of a suite; the conditions and constants of its sites stay outside."""

    text: str
    framework: str
    """One of check, script, unittest, pytest."""
    entry_point: str | None
    prelude: bool
    policy: str
    separate: bool
    """The tests import the submission as a module: both have a name space of their own."""
    module_names: tuple[str, ...]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Delivered:
        named = {name: fields[name] for name in cls.__slots__}
        return cls(**{**named, "module_names": tuple(named["module_names"])})

    @property
    def stops(self) -> bool:
        """Whether the first failure ends the run."""
        return self.policy == "first_failure"


@dataclass(slots=True)
class Summary:
    """What a framework says once it is done. ``ran`` counts tests; for scripts, statements."""

    ok: bool = True
    ran: int = 0
    collected: tuple[str, ...] = ()


class SubmissionRaised(Exception):
    """The submission raised an exception in a process of its own."""

    def __init__(self, line: str, trace: str) -> None:
        super().__init__(line)
        self.line, self.trace = line, trace


class Tests:
    """The delivered tests as a module, not executed yet.

    They share the submission's name space; if ``separate``, they have one of their own, which begins with the
    submission's names, so that they find those where they define nothing else.
    """

    def __init__(self, delivered: Delivered, submission: types.ModuleType, log: Log, recorder: Recorder) -> None:
        self.delivered, self.log = delivered, log
        self.path = os.path.join(os.getcwd(), _TESTS_FILE)
        self.candidate = vars(submission).get(delivered.entry_point or "")
        """The submission's function that is tested, where the suite names it."""
        self._foreign = dict(vars(submission))
        self.module = self._own_module() if delivered.separate else submission
        names = vars(self.module)
        name = "__main__" if delivered.framework in ("check", "script") else _TESTS_FILE.removesuffix(".py")
        names |= {"__name__": name, "__file__": self.path, RECORDER: recorder}
        for known_as in (*delivered.module_names, *loading.MODULE_NAMES):
            sys.modules[known_as] = submission
        sys.modules["__main__"] = sys.modules[name] = self.module
        lines = delivered.text.splitlines(keepends=True)
        linecache.cache[self.path] = (len(delivered.text), None, lines, self.path)

    def _own_module(self) -> types.ModuleType:
        module = types.ModuleType("tests")
        vars(module)["__builtins__"] = vars(builtins)
        found = {name: value for name, value in self._foreign.items() if not name.startswith("__")}
        vars(module).update(found)
        return module

    def execute(self) -> None:
        """Execute the text as a module."""
        exec(compile(self.delivered.text, self.path, "exec", dont_inherit=True), vars(self.module))

    def statements(self) -> Iterator[tuple[int, types.CodeType]]:
        """Each statement of the text by itself, with its line."""
        tree = ast.parse(self.delivered.text)
        flags = functools.reduce(operator.or_, _futures(tree), 0)
        for node in tree.body:
            statement = ast.Module([node], [])
            yield node.lineno, compile(statement, self.path, "exec", flags=flags, dont_inherit=True)

    def is_foreign(self, name: str, value: object) -> bool:
        """Whether a name of the tests' is one of the submission's, and no test of the author's."""
        return name in self._foreign and self._foreign[name] is value

    def leads_through_submission(self, error: BaseException) -> bool:
        """Whether the submission, or something that it called, raised it."""
        submission = f"/{loading.SOURCE}"
        files = (frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__))
        return any(file.endswith(submission) for file in files)


def _futures(tree: ast.Module) -> Iterator[int]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield from (getattr(__future__, alias.name).compiler_flag for alias in node.names)


def _own_trace(trace: types.TracebackType | None) -> types.TracebackType | None:
    first = trace
    while trace is not None and not trace.tb_frame.f_code.co_filename.endswith(_OWN_FILES):
        trace = trace.tb_next
    return trace or first


def describe(error: BaseException) -> tuple[str, str]:
    """The last line that the interpreter would say of an exception, and its trace without the frames of ours and of a
    framework's above those of the tests."""
    if isinstance(error, SubmissionRaised):
        return error.line[:_MAX_LINE], error.trace[-_MAX_TRACE:]
    try:
        line = "".join(traceback.format_exception_only(error)).strip()
        trace = traceback.format_exception(type(error), error, _own_trace(error.__traceback__), limit=-_MAX_FRAMES)
    except Exception:  # of a class that says something else of itself each time
        return type(error).__name__, ""
    return line[:_MAX_LINE], "".join(trace)[-_MAX_TRACE:]
