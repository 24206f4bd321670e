"""A sealed suite run and judged in one process, on values as they are: what sealing must keep of the tests' meaning.

The recorder and the judge of the service are tested with theirs; here nothing is encoded and nobody is hostile.
"""

from __future__ import annotations

import io
import sys
import types
import unittest
import unittest.mock
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import RECORDER, Sealed

CURRENT: list[Replay] = []
"""The recorder of the suite that pytest runs."""


class Token:
    """An inert handle."""

    def __init__(self, number: int) -> None:
        self.number = number


class Raised(Exception):
    """A leaf that raised, where the condition reached it."""


class _Values:
    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __getitem__(self, number: int) -> Any:
        if isinstance(self._values[number], Raised):
            raise self._values[number]
        return self._values[number]


class Replay:
    """Judges each record when it comes."""

    def __init__(self, sealed: Sealed) -> None:
        self.sealed = sealed
        self.failed: list[int] = []
        self.seen: set[int] = set()
        self.rows: set[tuple[int, int]] = set()
        self._names: dict[str, Any] = {"_tc": unittest.TestCase()}
        for statement in sealed.imports:
            exec(statement, self._names)

    def site(self, number: int, leaves: tuple[Any, ...], tokens: tuple[Token, ...]) -> bool:
        assert self.sealed.sites[number].form in ("site", "lazy", "mock")
        columns = [self.sealed.columns[column] for column in self.sealed.sites[number].columns]
        assert len(columns) == len(tokens)
        assert all(token.number in column for token, column in zip(tokens, columns, strict=True))
        self.seen.add(number)
        self.rows |= {(number, token.number) for token in tokens}
        constants = [eval(self.sealed.tokens[token.number], dict(self._names)) for token in tokens]
        condition = self.sealed.sites[number].condition
        assert condition is not None
        try:
            holds = eval(condition, {**self._names, "_v": _Values(list(leaves)), "_t": constants})
        except (AssertionError, Raised):
            holds = False
        if not (holds or (self.sealed.sites[number].statement and holds is None)):
            self.failed.append(number)
        return True

    def lazy(self, number: int, thunks: tuple[Callable[[], Any], ...], tokens: tuple[Token, ...]) -> bool:
        return self.site(number, (thunks[0](), *map(_attempt, thunks[1:])), tokens)

    def mock(self, number: int, mock: unittest.mock.Mock) -> None:
        self.site(number, (mock,), ())

    def reached(self, number: int, value: Any) -> Any:
        self.seen.add(number)
        return value

    def raises(self, number: int, context: Any) -> Any:
        self.seen.add(number)
        return context

    def token(self, number: int) -> Token:
        return Token(number)


def _attempt(thunk: Callable[[], Any]) -> Any:
    try:
        return thunk()
    except Exception as error:
        return Raised(repr(error))


def verdict(tests: str, program: str, folder: Path, **options: Any) -> bool:
    """Seal tests, run them with a program, and tell if it is right: without a reference."""
    sealed = seal(tests, **options)
    replay = Replay(sealed)
    if not _run(sealed, replay, program, folder):
        return False
    required = {site.number for site in sealed.sites if site.straight}
    rows = {
        (site.number, token)
        for site in sealed.sites
        if site.each_row
        for column in site.columns
        for token in sealed.columns[column]
    }
    return not replay.failed and required <= replay.seen and rows <= replay.rows


def _run(sealed: Sealed, replay: Replay, program: str, folder: Path) -> bool:
    solution = types.ModuleType("solution")
    sys.modules["solution"] = solution
    try:
        exec(program, solution.__dict__)
        if sealed.framework == "pytest":
            return _run_pytest(sealed, replay, folder)
        names = types.ModuleType("tests")
        names.__dict__.update({} if sealed.separate else solution.__dict__)
        names.__dict__.update({RECORDER: replay, "__name__": "__main__" if sealed.framework == "script" else "tests"})
        exec(compile(sealed.text, "tests.py", "exec", dont_inherit=True), names.__dict__)
        if sealed.framework == "unittest":
            loaded = unittest.defaultTestLoader.loadTestsFromModule(names)
            return unittest.TextTestRunner(stream=io.StringIO()).run(loaded).wasSuccessful()
    except SystemExit as end:
        return not end.code
    except Exception:
        return False
    finally:
        del sys.modules["solution"]
    return True


def _run_pytest(sealed: Sealed, replay: Replay, folder: Path) -> bool:
    CURRENT[:] = [replay]
    file = folder / f"test_replayed_{id(replay)}.py"
    head = "import tests.sealing.replay, solution\n" + ("" if sealed.separate else "globals().update(vars(solution))\n")
    file.write_text(f"{head}__name__ = 'tests'\n{RECORDER} = tests.sealing.replay.CURRENT[0]\n{sealed.text}")
    options = ["-p", "no:cacheprovider", "-p", "no:terminal", "--rootdir", str(folder), "-c", "/dev/null"]
    return pytest.main([*options, "--import-mode=importlib", str(file)]) == 0
