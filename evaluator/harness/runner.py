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
from typing import Any, NoReturn

from evaluator.harness import apart, forms, loading, pytest_runner, script_runner, unittest_runner
from evaluator.harness.recorder import Log, LogFile, Recorder, leaks
from evaluator.harness.suite import Delivered, Summary, Tests
from evaluator.harness.trace import describe, leads_through_submission
from evaluator.judging import verdicts
from evaluator.judging.conditions import Conditions
from evaluator.sealing.sealed import Sealed

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
    if os.path.exists(SEALED):
        judged = Judged(Sealed.from_json(_taken(SEALED)), _taken(EXPECTATION) if os.path.exists(EXPECTATION) else None)
        judged.log.add("end", _run_apart(delivered, judged))
        judged.write()
        return
    log = LogFile(f"{os.getcwd()}/{RECORDS}")
    log.add("end", _run_beside(delivered, log))
    log.flush()


class Judged:
    """A run whose conditions are evaluated at once: only plain values of the submission's come to this process."""

    def __init__(self, sealed: Sealed, expectation: dict[str, Any] | None) -> None:
        self.log = Log()
        self._sealed, self._expectation = sealed, expectation
        self._conditions = Conditions(sealed)
        self._path = f"{os.getcwd()}/{RESULT}"

    def evaluate(self, number: int, leaves: list[forms.Form], tokens: list[Any]) -> str | None:
        """Return why the condition of a site does not hold, or None."""
        try:
            values = [forms.decode(leaf) for leaf in leaves]
        except forms.NotPlain as error:
            return f"{self._sealed.sites[number].text}: {error}"
        failure = self._conditions.evaluate(self._sealed.sites[number], values, tokens)
        return None if failure is None else failure.reason

    def write(self) -> None:
        """Write the result of the run, as far as it came."""
        result = verdicts.conclude(self._sealed, map(json.loads, self.log.lines), self._expectation)
        with open(self._path, "w") as file:
            json.dump(result, file)

    def leave(self) -> NoReturn:
        """End this process: the submission's has ended."""
        self.write()
        os._exit(0)


def _taken(name: str) -> dict[str, Any]:
    """The JSON of a file, which programs do not find."""
    with open(name, "rb") as file:
        fields: dict[str, Any] = json.load(file)
    os.unlink(name)
    return fields


def _run_beside(delivered: Delivered, log: Log) -> dict[str, Any]:
    """Load the submission, then run the tests; returns the end record."""
    try:
        submission = loading.load(None, loading.prelude_names() if delivered.prelude else {})
    except loading.NotPython as error:
        return _end(Summary(ok=False), syntax_error=str(error))
    except BaseException as error:
        loading.show(error)
        exits = isinstance(error, SystemExit)
        return _end(Summary(ok=False), error, where="submission", raised=describe(error)[0], exit_in_submission=exits)
    return run_tests(Tests(delivered, submission, log, Recorder(log)))


def _run_apart(delivered: Delivered, judged: Judged) -> dict[str, Any]:
    """Have the submission loaded in its process, then run the tests; returns the end record."""
    try:
        submission = apart.Remote(judged.leave).module(prelude=delivered.prelude)
    except apart.CannotLoad as error:
        return _end(Summary(ok=False), where="submission", **error.answer)
    recorder = Recorder(judged.log, judged.evaluate, stops=delivered.stops)
    return run_tests(Tests(delivered, submission, judged.log, recorder))


def run_tests(tests: Tests) -> dict[str, Any]:
    """Run tests by their framework; returns the end record."""
    try:
        return _end(_RUNNERS[tests.delivered.framework](tests))
    except SystemExit as error:
        exits = leads_through_submission(error)
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


def _run_typical(run: Any) -> None:
    modules, main_module = set(sys.modules), sys.modules["__main__"]
    delivered = Delivered(pytest_runner.TYPICAL, "pytest", None, False, "all", False, ())
    log = Log()
    for _ in range(2):
        run(Tests(delivered, types.ModuleType("solution"), log, Recorder(log)))
    sys.modules["__main__"] = main_module
    for name in {*loading.MODULE_NAMES, "test_solution"} - modules:
        sys.modules.pop(name, None)
