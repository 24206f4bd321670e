"""Runs a suite's delivered tests with a submission, and writes down what they record.

In the *sealed* way both are in this process; an outer judge evaluates the records. In the *apart* way (where
``sealed.json`` lies beside the tests) the submission has a process of its own at the other end of this one's stdin and
stdout, and the conditions are evaluated here.
"""

from __future__ import annotations

import json
import os
import sys
import types
from typing import Any

from evaluator.harness import loading, pytest_runner, script_runner, unittest_runner
from evaluator.harness.recorder import Log, Recorder, leaks
from evaluator.harness.suite import Delivered, Summary, Tests, describe

DELIVERED, SEALED, EXPECTATION = "delivered.json", "sealed.json", "expectation.json"
RECORDS, RESULT = "records", "result.json"
_RUNNERS = {
    "check": script_runner.run,
    "script": script_runner.run,
    "unittest": unittest_runner.run,
    "pytest": pytest_runner.run,
}


def main() -> None:
    """Entry point."""
    loading.prepare()
    delivered = Delivered.of(_taken(DELIVERED))
    sys.argv = [loading.SOURCE]
    log = Log(f"{os.getcwd()}/{RECORDS}")
    log.add("end", _run_beside(delivered, log))
    log.flush()


def _taken(name: str) -> dict[str, Any]:
    """The JSON of a file, which programs do not find."""
    with open(name, "rb") as file:
        fields: dict[str, Any] = json.load(file)
    os.unlink(name)
    return fields


def _run_beside(delivered: Delivered, log: Log) -> dict[str, Any]:
    """Load the submission, then run the tests; returns the end record."""
    try:
        submission = _loaded(delivered)
    except loading.NotPython as error:
        return _end(Summary(ok=False), syntax_error=str(error))
    except BaseException as error:
        loading.show(error)
        return _end(Summary(ok=False), error, where="submission", exit_in_submission=isinstance(error, SystemExit))
    return run_tests(Tests(delivered, submission, log, Recorder(log)))


def _loaded(delivered: Delivered) -> types.ModuleType:
    names = loading.prelude_names() if delivered.prelude else {}
    module = loading.load(None, names)
    entry = delivered.entry_point
    if entry in names and vars(module).get(entry) is names[entry]:
        del vars(module)[entry]  # no function of a library is taken for one that the submission was asked to write
    return module


def run_tests(tests: Tests) -> dict[str, Any]:
    """Run tests by their framework; returns the end record."""
    try:
        return _end(_RUNNERS[tests.delivered.framework](tests))
    except SystemExit as error:
        exits = tests.leads_through_submission(error)
        return _end(Summary(ok=not error.code), error, where="tests", exit_in_submission=exits)
    except BaseException as error:
        return _end(Summary(ok=False), error, where="tests")


def _end(summary: Summary, error: BaseException | None = None, **more: Any) -> dict[str, Any]:
    line, trace = (None, "") if error is None else describe(error)
    of_nothing = {"syntax_error": None, "where": None, "exit_in_submission": False}
    counts = {"ok": summary.ok, "ran": summary.ran, "collected": list(summary.collected)}
    return {**counts, "error": line, "trace": trace, "leaks": leaks[:5], **of_nothing, **more}


def rehearse() -> None:
    """Do once, before any submission is there, what each run does first."""
    unittest_runner.run_typical()
    pytest_runner.prepare(_run_typical)


class _Unwritten(Log):
    def flush(self) -> None:
        """Write nothing."""


def _run_typical(run: Any) -> None:
    modules, main_module = set(sys.modules), sys.modules["__main__"]
    delivered = Delivered(pytest_runner.TYPICAL, "pytest", None, False, "all", False, ())
    log = _Unwritten("")
    for _ in range(2):
        run(Tests(delivered, types.ModuleType("solution"), log, Recorder(log)))
    sys.modules["__main__"] = main_module
    for name in {*loading.MODULE_NAMES, "test_solution"} - modules:
        sys.modules.pop(name, None)
