"""From what a run of sealed tests reported to what the report says of each test: the outer judge.

Runs in a jail of its own, and has nothing of the submission's beside it but the records, which are hostile. A run is
accepted if

- every condition holds, of all values that were sent;
- what is required was reached: with a reference, each assertion (and row of its table) that both of its runs reached;
  without, each assertion that every run of its test reaches, and each row of a literal table;
- each test ended as with the reference; without one, as the framework has it;
- the runner came to its own end and found no fault, nobody left through the submission, and some test passed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evaluator.judging.conditions import Conditions, SiteConditions
from evaluator.judging.items import LEFT_OUT, TestItem, items_of_sites, items_of_tests
from evaluator.judging.records import Lines, Reading, read
from evaluator.sealing.sealed import Sealed

SEALED, RECORDS, EXPECTATION, RESULT = "sealed.json", "records", "expectation.json", "result.json"
_NOT_REACHED = "no test was reached with this program"
_FORGED = "the program wrote into the report of the tests"
_LEFT = "the program ended the tests' process"
_NOT_PASSED = "the tests came to their end without a word of success"
_ENDED = "the program ended before its tests did"
_EXCERPT = 2000


def conclude(
    sealed: Sealed, records: Iterable[Any], expectation: dict[str, Any] | None, conditions: SiteConditions | None = None
) -> dict[str, Any]:
    """The result of a run that left records, as of ``conclude_reading``; ``conditions`` are the suite's, where somebody
    has them."""
    return conclude_reading(sealed, read(sealed, conditions or Conditions(sealed), records), expectation)


def conclude_reading(sealed: Sealed, reading: Reading, expectation: dict[str, Any] | None) -> dict[str, Any]:
    """The result of a run, for the worker:

    - ``items``: each test as the report lists it, with ``passed``, ``failed`` or ``error``, or none where it was not
      reached;
    - ``accepted``;
    - ``gone``: the run did not come to its end, and how it was ended tells why;
    - ``idle``: the framework is content, or found no test, and no assertion was reached, or only such of tests that are
      left out;
    - ``syntax_error``, ``raised`` with ``trace``: what became of the submission before any test;
    - ``opens``, ``rows``, ``outcomes``, where the expectation has no outcomes: what a reference's run shows
      (``observed``).
    """
    end = reading.end or {}
    if isinstance(end.get("syntax_error"), str):
        return {"items": [], "accepted": False, "syntax_error": end["syntax_error"]}
    if isinstance(end.get("raised"), str):
        return {"items": [], "accepted": False, "raised": end["raised"], "trace": str(end.get("trace", ""))}
    items = _items(sealed, reading, expectation)
    gone = reading.end is None and not reading.forged
    if not gone and not any(item.is_failure for item in items):
        items += _faults(reading, items)
    return {
        "items": [item.to_json() for item in items],
        "accepted": not gone and not any(item.is_failure for item in items),
        "gone": gone,
        "idle": not gone and _is_idle(reading),
        **(observed(reading) if expectation is not None and expectation["outcomes"] is None else {}),
    }


def _is_idle(reading: Reading) -> bool:
    outcomes = reading.outcomes.values()
    if outcomes and all(outcome in LEFT_OUT for outcome in outcomes):
        return (reading.end or {}).get("ok") is True
    return not reading.observations and (_passed_nothing(reading) or _found_nothing(reading))


def _passed_nothing(reading: Reading) -> bool:
    """Tell whether the framework is content, with no test that had to fail: such a one did what it should."""
    return (reading.end or {}).get("ok") is True and "xfailed" not in reading.outcomes.values()


def _found_nothing(reading: Reading) -> bool:
    end = reading.end or {}
    return not (end.get("collected") or end.get("error") or reading.tests or reading.breaks)


def observed(reading: Reading) -> dict[str, Any]:
    """Sum up a reference's run: sites that do not hold sealed, rows that were reached, and the tests' outcomes."""
    failed = {each.site.number for each in reading.observations if each.failure is not None}
    return {
        "opens": sorted(failed),
        "rows": sorted([number, list(tokens)] for number, tokens in reading.rows),
        "outcomes": reading.outcomes,
    }


def _items(sealed: Sealed, reading: Reading, expectation: dict[str, Any] | None) -> list[TestItem]:
    if sealed.framework in ("unittest", "pytest"):
        return items_of_tests(sealed, reading, expectation)
    return items_of_sites(sealed, reading, expectation)


def _faults(reading: Reading, items: list[TestItem]) -> list[TestItem]:
    """List the faults of a run of which no test's own record tells."""
    end = reading.end or {}
    if reading.forged:
        return [TestItem("tests", failed=_FORGED)]
    if end.get("exit_in_submission"):
        return [TestItem("tests", error=_LEFT)]
    if leaks := end.get("leaks"):
        return [TestItem("tests", failed=f"the program left behind: {leaks}"[:_EXCERPT])]
    if end.get("ok") is not True:
        error, trace = end.get("error"), end.get("trace")
        reason = error if isinstance(error, str) else _NOT_PASSED
        return [TestItem("tests", error=reason, trace=trace if isinstance(trace, str) else "")]
    if not any(item.passed for item in items):
        return [TestItem("tests", failed=_NOT_REACHED)]
    return []


def main() -> None:
    """Entry point."""
    sealed = Sealed.from_json(json.loads(Path(SEALED).read_bytes()))
    expectation = json.loads(Path(EXPECTATION).read_bytes()) if os.path.exists(EXPECTATION) else None
    result = conclude(sealed, Lines(Path(RECORDS).read_bytes()), expectation)
    Path(RESULT).write_text(json.dumps(result))
