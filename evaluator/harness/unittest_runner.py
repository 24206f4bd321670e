"""Tests of unittest, run by unittest."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from typing import Any

from evaluator.harness.suite import Summary, TestModule
from evaluator.harness.trace import describe


def run(tests: TestModule) -> Summary:
    """Run the author's TestCases, in the order in which unittest runs those of a module."""
    unittest.main = _no_main  # type: ignore[assignment]
    tests.execute()
    suite = _suite(tests)
    collected = tuple(_name(test) for test in _flat(suite))
    result = _Result(tests)
    suite.run(result)
    return Summary(result.wasSuccessful(), result.testsRun, collected)


def _no_main(*_: Any, **__: Any) -> None:
    """Do nothing: the tests that ``unittest.main`` would run are run anyway."""


def _suite(tests: TestModule) -> unittest.TestSuite:
    loader, names = unittest.defaultTestLoader, vars(tests.module)
    cases = [names[name] for name in sorted(names) if _is_case(names[name]) and not tests.is_foreign(name, names[name])]
    suite = unittest.TestSuite(map(loader.loadTestsFromTestCase, cases))
    load_tests = names.get("load_tests")
    if callable(load_tests) and not tests.is_foreign("load_tests", load_tests):
        suite = load_tests(loader, suite, None)
    return suite


def _is_case(value: object) -> bool:
    of_library = (unittest.TestCase, unittest.FunctionTestCase, unittest.IsolatedAsyncioTestCase)
    return isinstance(value, type) and issubclass(value, unittest.TestCase) and value not in of_library


def _flat(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test


def _name(test: Any) -> str:
    """``TestC0000.test_0001``; of a set-up that failed, what unittest calls it."""
    method = getattr(test, "_testMethodName", None)
    return f"{type(test).__qualname__}.{method}" if method else str(test)


class _Result(unittest.TestResult):
    """Records how each test went when it ends; of several things that went wrong in one, the first."""

    def __init__(self, tests: TestModule) -> None:
        super().__init__()
        self._log = tests.log
        self._outcome: tuple[str, str, str] | None = None
        self._began = False
        self.failfast = tests.delivered.stops

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._outcome, self._began = None, True

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self._log.add("test", _name(test), *(self._outcome or ("passed", "", "")))
        self._log.flush()
        self._began = False

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._failed(test, "error", err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._failed(test, "failed", err)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._failed(test, "failed" if issubclass(err[0], test.failureException) else "error", err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._note(test, "skipped", str(reason), "")

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._note(test, "xfailed", *describe(err[1]))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._note(test, "xpassed", "it was expected to fail", "")

    def _exc_info_to_string(self, err: Any, test: unittest.TestCase) -> str:
        return ""  # unittest's own text takes long, and nobody reads it

    def _failed(self, test: unittest.TestCase, outcome: str, err: Any) -> None:
        self._note(test, outcome, *describe(err[1]))

    def _note(self, test: unittest.TestCase, outcome: str, text: str, trace: str) -> None:
        if not self._began:  # the set-up of a class or module, or a class that is skipped
            self._log.add("test", _name(test), outcome, text, trace)
        elif self._outcome is None or self._outcome[0] == "skipped":
            self._outcome = (outcome, text, trace)
