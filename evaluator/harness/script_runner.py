"""Tests that are a script: its statements one by one, then HumanEval's ``check(candidate)``, which no text calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from evaluator.harness.suite import Summary, TestModule
from evaluator.harness.trace import describe


def run(tests: TestModule) -> Summary:
    """Run all statements, or up to the first that raises where that ends the run.

    Raises:
        SystemExit: the script exits.
    """
    summary = Summary()
    for line, step in _steps(tests):
        summary.ran += 1
        try:
            step()
        except SystemExit:
            raise
        except BaseException as error:
            summary.ok = False
            tests.log.add("failed", line, *describe(error))
            if tests.delivered.stops:
                break
    return summary


def _steps(tests: TestModule) -> Iterator[tuple[int, Callable[[], Any]]]:
    names = vars(tests.module)
    for line, code in tests.statements():
        yield line, partial(exec, code, names)
    if tests.delivered.framework == "check":
        yield 0, partial(_check, tests)


def _check(tests: TestModule) -> None:
    vars(tests.module)["check"](tests.find_candidate())
