"""A suite's delivered tests beside a submission: the modules that both are."""

from __future__ import annotations
import __future__

import ast
import builtins
import functools
import linecache
import operator
import os
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.harness import loading
from evaluator.harness.recorder import Log, Recorder
from evaluator.harness.trace import TESTS_FILE

RECORDER = "_R_"
"""The recorder's name in delivered tests."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivered part of a suite; the conditions and constants of its sites stay outside."""

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
        """True if the first failure ends the run."""
        return self.policy == "first_failure"


@dataclass(slots=True)
class Summary:
    """A framework's last word. ``ran`` counts tests; for scripts, statements."""

    ok: bool = True
    ran: int = 0
    collected: tuple[str, ...] = ()


class TestModule:
    """The delivered tests as a module, not executed yet.

    They share the submission's name space; if ``separate``, or where that has a prelude's names too, they have one of
    their own, which begins with the submission's names, so that they find those where they define nothing else. No
    function of the prelude's is among them: it would be taken for one that the submission was asked to write.
    """

    def __init__(self, delivered: Delivered, submission: types.ModuleType, log: Log, recorder: Recorder) -> None:
        self.delivered, self.log = delivered, log
        self.path = os.path.join(os.getcwd(), TESTS_FILE)
        self._foreign = _names_of(submission, prelude=delivered.prelude)
        self.module = self._own_module() if delivered.separate or delivered.prelude else submission
        names = vars(self.module)
        name = "__main__" if delivered.framework in ("check", "script") else TESTS_FILE.removesuffix(".py")
        names |= {"__name__": name, "__file__": self.path, RECORDER: recorder}
        for known_as in (*delivered.module_names, *loading.MODULE_NAMES):
            sys.modules[known_as] = submission
        sys.modules["__main__"] = sys.modules[name] = self.module
        lines = delivered.text.splitlines(keepends=True)
        linecache.cache[self.path] = (len(delivered.text), None, lines, self.path)

    def _own_module(self) -> types.ModuleType:
        module = types.ModuleType("tests")
        vars(module)["__builtins__"] = vars(builtins)
        names = {name: value for name, value in self._foreign.items() if not name.startswith("__")}
        vars(module).update(names)
        return module

    def find_candidate(self) -> Any:
        """The submission's function that is tested, by its name or an expression such as ``Solution().twoSum``.

        Raises:
            NameError: the submission has none of that name.
            BaseException: whatever the expression raises.
        """
        entry = self.delivered.entry_point or ""
        if not entry.isidentifier():
            return eval(entry, dict(self._foreign))
        if entry not in self._foreign:
            raise NameError(f"the program defines no {entry}")
        return self._foreign[entry]

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
        """Tell whether a name of the tests' is one of the submission's, and no test of the author's."""
        return name in self._foreign and self._foreign[name] is value


def _names_of(submission: types.ModuleType, *, prelude: bool) -> dict[str, Any]:
    names = dict(vars(submission))
    if not prelude:
        return names
    library = {name: value for name, value in loading.prelude_names().items() if callable(value)}
    return {name: value for name, value in names.items() if name not in library or value is not library[name]}


def _futures(tree: ast.Module) -> Iterator[int]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield from (getattr(__future__, alias.name).compiler_flag for alias in node.names)
