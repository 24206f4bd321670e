"""Runs a suite's delivered tests with a submission, and writes down what they record.

In the *sealed* way both are in this process; an outer judge evaluates the records. In the *apart* way (where
``sealed.json`` lies beside the tests) the submission has a process of its own at the other end of this one's stdin and
stdout, and the conditions are evaluated here.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from evaluator.forms import codec
from evaluator.harness import apart, loading
from evaluator.harness.recorder import Log, LogFile, Recorder, leaks
from evaluator.harness.suite import Delivered, Summary, TestModule
from evaluator.harness.trace import describe, leads_through_submission
from evaluator.judging import verdicts
from evaluator.judging.conditions import Conditions
from evaluator.sealing.sealed import Sealed

DELIVERED, SEALED, EXPECTATION = "delivered.json", "sealed.json", "expectation.json"
RECORDS, RESULT = "records", "result.json"
_RUNNERS = {
    "check": "script_runner",
    "script": "script_runner",
    "unittest": "unittest_runner",
    "pytest": "pytest_runner",
}
"""The modules that run tests of each framework; not all of them are in every slot."""
Run = Callable[[TestModule], Summary]


def main() -> None:
    """Entry point."""
    loading.prepare()
    delivered = Delivered.of(_take(DELIVERED))
    sys.argv = [loading.SOURCE]
    run = find_runner(delivered.framework)
    if os.path.exists(SEALED):
        judged = Judged(Sealed.from_json(_take(SEALED)), _take(EXPECTATION) if os.path.exists(EXPECTATION) else None)
        judged.log.add("end", _run_apart(delivered, judged, run))
        judged.write()
        return
    log = LogFile(f"{os.getcwd()}/{RECORDS}")
    log.add("end", _run_beside(delivered, log, run))
    log.flush()


class Judged:
    """A run whose conditions are evaluated at once: only plain values of the submission's come to this process."""

    def __init__(self, sealed: Sealed, expectation: dict[str, Any] | None) -> None:
        self.log = Log()
        self._sealed, self._expectation = sealed, expectation
        self._conditions = Conditions(sealed)
        self._path = f"{os.getcwd()}/{RESULT}"

    def evaluate(self, number: int, leaves: list[codec.Form], tokens: list[Any]) -> str | None:
        """Return why the condition of a site does not hold, or None."""
        try:
            values = [codec.decode(leaf) for leaf in leaves]
        except codec.BadForm as error:
            return f"{self._sealed.sites[number].text}: {error}"
        failure = self._conditions.evaluate(self._sealed.sites[number], values, tokens)
        return None if failure is None else failure.reason

    def write(self) -> None:
        """Write the result of the run, as far as it came."""
        records = map(json.loads, self.log.lines)
        result = verdicts.conclude(self._sealed, records, self._expectation, self._conditions)
        with open(self._path, "w") as file:
            json.dump(result, file)

    def leave(self) -> NoReturn:
        """End this process: the submission's has ended."""
        self.write()
        os._exit(0)


def _take(name: str) -> dict[str, Any]:
    """The JSON of a file, which programs do not find."""
    with open(name, "rb") as file:
        fields: dict[str, Any] = json.load(file)
    os.unlink(name)
    return fields


def _run_beside(delivered: Delivered, log: Log, run: Run) -> dict[str, Any]:
    """Load the submission, then run the tests; returns the end record."""
    try:
        submission = loading.load(None, loading.prelude_names() if delivered.prelude else {})
    except loading.NotPython as error:
        return _end(Summary(ok=False), syntax_error=str(error))
    except BaseException as error:
        loading.show(error)
        exits = isinstance(error, SystemExit)
        return _end(Summary(ok=False), error, where="submission", raised=describe(error)[0], exit_in_submission=exits)
    return run_tests(TestModule(delivered, submission, log, Recorder(log)), run)


def _run_apart(delivered: Delivered, judged: Judged, run: Run) -> dict[str, Any]:
    """Have the submission loaded in its process, then run the tests; returns the end record."""
    try:
        submission = apart.Remote(judged.leave).module(prelude=delivered.prelude)
    except apart.CannotLoad as error:
        return _end(Summary(ok=False), where="submission", **error.answer)
    recorder = Recorder(judged.log, judged.evaluate, stops=delivered.stops)
    return run_tests(TestModule(delivered, submission, judged.log, recorder), run)


def find_runner(framework: str) -> Run:
    """Find the function that runs tests of a framework."""
    run: Run = importlib.import_module(f"evaluator.harness.{_RUNNERS[framework]}").run
    return run


def run_tests(tests: TestModule, run: Run) -> dict[str, Any]:
    """Run tests by their framework's ``run``; returns the end record."""
    try:
        return _end(run(tests))
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
