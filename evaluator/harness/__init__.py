"""The code that runs in the jail beside a submission, under the submissions' interpreter: the standard library only.

Sources travel into the jail when a slot starts (``sources``); nothing here may import the rest of the package.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator import forms, judging, sealing

if TYPE_CHECKING:  # the client, which compares values too, loads nothing of the sandbox
    from sandbox.runtime import Runtime

_HERE = Path(__file__).parent
_PROGRAMS = (
    *("excerpt", "values", "loading", "trace", "channel", "server", "hints", "structures", "function"),
    "livecodebench",
)
_VALUES = ("excerpt", "loading")
_SCRIPTS = ("trace", "channel", "apart", "recorder", "suite", "script_runner", "runner")
_FRAMEWORKS = ("unittest_runner", "pytest_runner")
_LAST = ("rehearsal",)
"""Of two kinds of slots the modules that run in them, each after those that it imports."""
TEST_IMPORTS = (
    *("asyncio", "logging", "inspect", "pathlib", "tempfile", "unittest", "unittest.mock", "uuid", "zoneinfo"),
    *("numpy", "numpy.testing", "pandas", "pandas.testing", "pytest"),
)
"""Modules that tests import, as far as the runtime has them: imported once for all of a slot."""


def sources() -> tuple[tuple[str, str], ...]:
    """Dotted names and sources of what runs beside programs, as a slot's runtime takes them."""
    return (*_sources("forms", forms.MODULES), *_sources("harness", _PROGRAMS))


@cache
def test_sources() -> tuple[tuple[str, str], ...]:
    """Return the sources of what runs with tests of Python's, and of what judges them. They are read once: an upgrade
    may replace the files under a running service."""
    return _of_tests(judging.MODULES, _SCRIPTS + _FRAMEWORKS + _LAST)


def test_runtime(runtime: Runtime) -> Runtime:
    """The interpreter for tests of Python's: with what they import imported beforehand."""
    return replace(runtime, warm=(*runtime.warm, *TEST_IMPORTS), modules=dict(test_sources()), only_modules=True)


def judge_runtime(runtime: Runtime) -> Runtime:
    """The interpreter for what needs no more than the standard library: outer judges, and scripts of tests apart. As
    small as can be, since a process of it is made for each submission."""
    modules = _of_tests(judging.VERDICTS, _SCRIPTS + _LAST)
    return replace(runtime, warm=(), modules=dict(modules), only_modules=True)


def _of_tests(of_judging: tuple[str, ...], of_harness: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return all modules that these need, each after those that it imports."""
    values = (*sealing.sources(), *_sources("forms", forms.MODULES), *_sources("harness", _VALUES))
    return (*values, *_sources("judging", of_judging), *_sources("harness", of_harness))


def _sources(package: str, modules: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"evaluator.{package}.{name}", (_HERE.parent / package / f"{name}.py").read_text()) for name in modules
    )
