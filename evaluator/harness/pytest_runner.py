"""Tests of pytest, run by pytest.

Its configuration and its session are made before any submission is there (``prepare``); beside a submission it only
collects and runs. The tests are no file that it could import, so it is given the module that they are.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import sys
import types
import unittest
from pathlib import Path
from typing import Any

from evaluator.harness.recorder import Log
from evaluator.harness.suite import Summary, TestModule
from evaluator.harness.trace import describe

_LEFT_OUT = (
    # What writes reports or reads options, and what watches for threads and crashes in the process of a program.
    *("cacheprovider", "terminal", "junitxml", "pastebin", "stepwise", "setuponly", "setupplan", "doctest"),
    *("faulthandler", "threadexception", "unraisableexception"),
)
_PLUGINS = {"pytest_asyncio.plugin": ("-oasyncio_default_fixture_loop_scope=function",), "anyio.pytest_plugin": ()}
"""Those that tests use by marks, where the runtime has them, with their options."""
_OPTIONS = (
    *("--noconftest", "--rootdir=/", "-c", "/dev/null", "--import-mode=importlib", "--assert=plain", "--capture=no"),
    *("--disable-plugin-autoload", *(f"-pno:{name}" for name in _LEFT_OUT)),
)


_RECURSION_LIMIT = 1000
"""The interpreter's own, while tests are collected."""
_PASSED, _FAILURES = ("passed", "", ""), ("failed", "error")
_EXPECTS_FAILURE = "__unittest_expecting_failure__"


class Reporter:
    """The plug-in that tells how each test went."""

    def __init__(self) -> None:
        self.tests: TestModule | None = None
        self.ran = 0
        self.failed = False
        self._outcomes: dict[Any, tuple[str, str, str]] = {}
        self._phases: dict[Any, tuple[str, str]] = {}
        self._names: dict[Any, str] = {}
        self._items: dict[Any, Any] = {}
        self._counts: dict[str, int] = {}
        self._class: Any = importlib.import_module("_pytest.python").Class
        self._mark_key: Any = importlib.import_module("_pytest.skipping").xfailed_key

    @property
    def _log(self) -> Log:
        assert self.tests is not None
        return self.tests.log

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tests that were collected, in order."""
        return tuple(self._names.values())

    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: object) -> list[Any] | None:
        """Leave the submission's own tests out."""
        assert self.tests is not None
        of_module = collector.obj is self.tests.module
        return [] if of_module and self.tests.is_foreign(name, obj) else None

    def pytest_itemcollected(self, item: Any) -> None:
        name = self._name(item)
        self._names[item.nodeid], self._items[item.nodeid] = name, item

        def short(excinfo: Any, style: str | None = None) -> str:
            self._phases[item.nodeid] = describe(excinfo.value)
            return self._phases[item.nodeid][0]

        item._repr_failure_py = short  # pytest's own text takes long, and nobody reads it

    def _name(self, item: Any) -> str:
        """``TestC0000.test_0001``; with parameters by their place (``test_0001[2]``), since ids may tell values."""
        above = [node.name for node in item.listchain() if isinstance(node, self._class)]
        name = ".".join([*above, getattr(item, "originalname", None) or item.name])
        if not hasattr(item, "callspec"):
            return name
        place = self._counts[name] = self._counts.get(name, -1) + 1
        return f"{name}[{place}]"

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed = True
            self._log.add("test", str(report.nodeid), "error", str(report.longrepr)[-400:], "")

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.ran += report.when == "call"
        outcome, before = self._outcome(report), self._outcomes.get(report.nodeid, _PASSED)
        if before == _PASSED or (outcome in _FAILURES and before[0] not in _FAILURES):
            before = self._outcomes[report.nodeid] = (outcome, *self._text(report))
        self.failed = self.failed or outcome in _FAILURES
        if report.when == "teardown":
            self._log.add("test", self._names[report.nodeid], *before)
            self._log.flush()

    def _outcome(self, report: Any) -> str:
        """The outcome of a phase of a test; ``optional`` where both ends of it are fine."""
        if hasattr(report, "wasxfail"):
            return "xfailed" if self._must_fail(self._items[report.nodeid]) else "optional"
        if report.failed:
            return "failed" if report.when == "call" else "error"
        return "skipped" if report.skipped else "passed"

    def _must_fail(self, item: Any) -> bool:
        """Tell whether a test would have failed by passing."""
        mark, function = item.stash.get(self._mark_key, None), getattr(item, "obj", None)
        of_unittest = any(getattr(each, _EXPECTS_FAILURE, False) for each in (function, getattr(item, "cls", None)))
        return bool(of_unittest or (mark is not None and mark.run and mark.strict))

    def _text(self, report: Any) -> tuple[str, str]:
        if report.nodeid in self._phases:
            return self._phases[report.nodeid]
        representation = report.longrepr
        return str(
            representation[2]
            if isinstance(representation, tuple)
            else representation or getattr(report, "wasxfail", "")
        ), ""


class _Prepared:
    """A session that has not collected yet."""

    def __init__(self) -> None:
        config_module: Any = importlib.import_module("_pytest.config")
        main: Any = importlib.import_module("_pytest.main")
        plugins = [(f"-p{name}", *options) for name, options in _PLUGINS.items() if _is_installed(name)]
        options = [*_OPTIONS, *itertools.chain(*plugins)]
        self.reporter = Reporter()
        self.config = config_module._prepareconfig(options, [self.reporter])
        self.config._do_configure()
        # Options of the debugger, which is left out, that pytest asks for where it runs a TestCase.
        self.config.option.trace = self.config.option.usepdb = False
        self.session = main.Session.from_config(self.config)
        self.config.hook.pytest_sessionstart(session=self.session)

    def run(self, tests: TestModule) -> Summary:
        """Collect the tests of a module, and run them."""
        reporter, hook, session = self.reporter, self.config.hook, self.session
        reporter.tests = tests
        session.items = self._collect(tests)
        hook.pytest_collection_modifyitems(session=session, config=self.config, items=session.items)
        hook.pytest_collection_finish(session=session)
        session.testscollected = len(session.items)
        self.config.option.maxfail = 1 if tests.delivered.stops else 0
        collected = reporter.names
        try:
            if not reporter.failed:
                hook.pytest_runtestloop(session=session)
        except session.Failed:
            pass  # as many as were to be
        hook.pytest_sessionfinish(session=session, exitstatus=int(reporter.failed))
        ok = not reporter.failed and not session.testsfailed and bool(session.items)
        return Summary(ok, reporter.ran, collected)

    def _collect(self, tests: TestModule) -> list[Any]:
        # It looks for what wraps fixtures in all that a module has: in mock's ``call`` it takes as many steps as there
        # may be levels of recursion, and the square of the time.
        self.session._fixturemanager._check_for_wrapped_fixture = lambda *_: None
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(_RECURSION_LIMIT)
        try:
            return list(self.session.genitems(_module(self.session, tests)))
        finally:
            sys.setrecursionlimit(limit)


def _is_installed(plugin: str) -> bool:
    return importlib.util.find_spec(plugin.partition(".")[0]) is not None


def _module(session: Any, tests: TestModule) -> Any:
    python: Any = importlib.import_module("_pytest.python")

    class Module(python.Module):  # type: ignore[misc]
        """A module that is there already."""

        def _getobj(self) -> types.ModuleType:
            return tests.module

    return Module.from_parent(session, path=Path(tests.path))


_prepared: _Prepared | None = None


def run(tests: TestModule) -> Summary:
    """Run the author's tests under pytest."""
    unittest.main = _no_main  # type: ignore[assignment]
    tests.execute()
    return (_prepared or _Prepared()).run(tests)


def _no_main(*_: Any, **__: Any) -> None:
    """Do nothing: the tests that ``unittest.main`` would run are run anyway."""


def prepare() -> bool:
    """Make a session for the next run. Returns False where there is no pytest."""
    global _prepared
    if not _is_installed("pytest"):
        return False
    _prepared = _Prepared()
    return True
