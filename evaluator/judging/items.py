"""The tests of a report: each assertion of a script, or each test of a framework, with how it went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evaluator.judging.conditions import Failure
from evaluator.judging.records import Observation, Reading, TestRun, Tokens
from evaluator.sealing.sealed import Sealed, Site

_WRONG = ("AssertionError", "Failed", "assert", "[XPASS(strict)]")
"""Beginnings of the last line of a test that failed by itself, and not by an exception of the submission's."""
_MAX_CHARACTERS = 4000
_UNKNOWN = ""
"""The name under which all that is no test of the suite's, such as a set-up, has its first failure."""
LEFT_OUT = ("skipped", "optional")
"""Outcomes of tests that say nothing of a program: no framework counts them as passed."""
_NEVER_REACHED = "was not reached"
_ROWS_MISSING = "not every row of its table was reached"


@dataclass(frozen=True)
class TestItem:
    """One test of the report. ``failed``: the program's answer is wrong; ``error``: it raised, or was ended."""

    name: str
    line: int = 0
    passed: bool = False
    failed: str | None = None
    error: str | None = None
    trace: str = ""
    got: str | None = None
    expected: str | None = None

    @property
    def is_failure(self) -> bool:
        return self.failed is not None or self.error is not None

    def to_json(self) -> dict[str, Any]:
        """The fields that say something, texts cut: a submission may have written them."""
        fields = {name: value for name, value in vars(self).items() if value or name == "name"}
        return {name: value[:_MAX_CHARACTERS] if isinstance(value, str) else value for name, value in fields.items()}


class Expectation:
    """The sites that a run must have reached, by a reference's runs or by the text alone."""

    def __init__(self, sealed: Sealed, form: dict[str, Any] | None) -> None:
        self.outcomes: dict[str, str] | None = None if form is None else form["outcomes"]
        self._rows = set[tuple[int, Tokens]]()
        self._sites = set[int]()
        self._cells = set[tuple[int, int, int]]()
        """Site, place of a constant in its rows, and the constant."""
        if form is not None:
            self._rows = {(number, tuple(tokens)) for number, tokens in form["required"]}
            return
        self._sites = {site.number for site in sealed.sites if site.straight}
        self._cells = {cell for site in sealed.sites if site.each_row for cell in _cells(sealed, site)}

    def missing(self, reading: Reading) -> dict[int, str]:
        """Sites that were not reached as they must be, by their numbers, and what to say of each."""
        seen = reading.rows
        reached = {number for number, _ in seen}
        cells = {(number, place, token) for number, row in seen for place, token in enumerate(row)}
        absent = {number for number, tokens in self._rows if (number, tokens) not in seen}
        absent |= self._sites - reached | {number for number, _, _ in self._cells - cells}
        return {number: _ROWS_MISSING if number in reached else _NEVER_REACHED for number in sorted(absent)}


def _cells(sealed: Sealed, site: Site) -> Iterable[tuple[int, int, int]]:
    """The cells of the tables that a site goes through."""
    for place, column in enumerate(site.columns):
        yield from ((site.number, place, token) for token in sealed.columns[column])


def items_of_sites(sealed: Sealed, reading: Reading, form: dict[str, Any] | None) -> list[TestItem]:
    """An item for each assertion that was reached, or should have been; of a run that broke, for all."""
    missing = Expectation(sealed, form).missing(reading)
    by_site = _by_site(reading.observations)
    broke = reading.end is None or bool(reading.breaks)
    items: dict[int, TestItem] = {}
    for site in sealed.sites:
        observations = by_site.get(site.number)
        if observations is None and (broke or site.number in missing):
            items[site.number] = TestItem(site.text, site.line)
        elif observations is not None:
            items[site.number] = _item(site.text, site.line, observations)
    unplaced = _blame(items, reading)
    if not reading.breaks and reading.end is not None:
        _note_missing(items, missing, sealed)
    if not sealed.sites and reading.end is not None and reading.end.get("ok") is True:
        return [TestItem("tests", passed=True)]
    return [*items.values(), *unplaced]


def _by_site(observations: Iterable[Observation]) -> dict[int, list[Observation]]:
    by_site = defaultdict(list)
    for each in observations:
        by_site[each.site.number].append(each)
    return dict(by_site)


def _item(name: str, line: int, observations: Iterable[Observation]) -> TestItem:
    failure = next((each.failure for each in observations if each.failure is not None), None)
    return _failed(TestItem(name, line), failure) if failure is not None else TestItem(name, line, passed=True)


def _failed(item: TestItem, failure: Failure) -> TestItem:
    return replace(item, failed=failure.reason, passed=False, got=failure.got, expected=failure.expected)


def _blame(items: dict[int, TestItem], reading: Reading) -> list[TestItem]:
    """Let what a statement raised be the first assertion's that was not reached from there on. Returns items for what
    no assertion is left for."""
    unplaced, last = [], -1
    for each in reading.breaks:
        last = max(last, each.after)
        number = next((n for n, item in items.items() if n > last and not (item.passed or item.is_failure)), None)
        item = TestItem("tests") if number is None else items[number]
        wrong = each.text.startswith(_WRONG)
        blamed = replace(item, failed=each.text) if wrong else replace(item, error=each.text, trace=each.trace)
        if number is None:
            unplaced.append(blamed)
        else:
            items[number], last = blamed, number
    return unplaced


def _note_missing(items: dict[int, TestItem], missing: dict[int, str], sealed: Sealed) -> None:
    for number, what in missing.items():
        item = items.get(number) or TestItem(sealed.sites[number].text, sealed.sites[number].line)
        if not item.is_failure:
            items[number] = replace(item, passed=False, failed=f"{item.name}: {what}")


def items_of_tests(sealed: Sealed, reading: Reading, form: dict[str, Any] | None) -> list[TestItem]:
    """An item for each test that ended or should have; for each assertion at the top level; and for what was reached
    by neither and does not hold."""
    expectation = Expectation(sealed, form)
    missing = expectation.missing(reading) if reading.end is not None else {}
    top = [each for each in reading.observations if not each.site.test]
    items = [_item(each[0].site.text, each[0].site.line, each) for each in _by_site(top).values()]
    tests = _tests(sealed, reading, expectation)
    for number, what in missing.items():
        _blame_test(tests, sealed.sites[number], what)
    late = [each for each in reading.after_tests if each.site.test]
    return [*items, *tests.values(), *(_item(each.site.text, each.site.line, [each]) for each in late if each.failure)]


def _tests(sealed: Sealed, reading: Reading, expectation: Expectation) -> dict[str, TestItem]:
    """The tests by their neutral names. Without a reference the submission could invent cases of a parametrised test to
    change its share of the tests: so all of its cases are one."""
    tests: dict[str, TestItem] = {}
    if expectation.outcomes is not None:
        tests = {
            name: TestItem(author_name(sealed.tests, name))
            for name, outcome in expectation.outcomes.items()
            if outcome not in LEFT_OUT
        }
    for run in reading.tests:
        name = _known_name(sealed, run, expectation)
        item = _item_of_test(run, expectation)
        if item is None or (name in tests and tests[name].is_failure) or (name == _UNKNOWN and not item.is_failure):
            continue
        tests[name] = replace(item, name=author_name(sealed.tests, name or run.name))
    return tests


def _known_name(sealed: Sealed, run: TestRun, expectation: Expectation) -> str:
    if expectation.outcomes is not None:
        return run.name if run.name in expectation.outcomes else _UNKNOWN
    base = run.name.partition("[")[0]
    return base if f"def {base.rpartition('.')[2]}(" in sealed.text else _UNKNOWN


def _item_of_test(run: TestRun, expectation: Expectation) -> TestItem | None:
    """Judge a test; None where its author leaves it out."""
    item = _item("", 0, [each for each in run.observations if each.site.test])
    if item.is_failure:
        return item
    expected = None if expectation.outcomes is None else expectation.outcomes.get(run.name)
    if expected is not None and run.outcome == expected:
        return None if expected in LEFT_OUT else item
    if expected is None and run.outcome in ("passed", "xfailed", "xpassed"):
        return item
    if expected is None and run.outcome in LEFT_OUT:
        return None
    if run.outcome in ("failed", "error"):
        if run.text.startswith(_WRONG):
            return TestItem("", failed=run.text, trace=run.trace)
        return TestItem("", error=run.text or f"the test {run.outcome}", trace=run.trace)
    return TestItem(
        "", failed=f"the test {run.outcome}{f' ({run.text})' if run.text else ''}; with the reference it {expected}"
    )


def _blame_test(tests: dict[str, TestItem], site: Site, what: str) -> None:
    """Let an assertion that was not reached as it must be have its test fail."""
    reason = f"{site.text}: {what}"
    ours = [name for name in tests if name.partition("[")[0] == site.test] or [f"{site.number}"]
    for name in ours:
        item = tests.get(name) or TestItem(site.text, site.line)
        if not item.is_failure:
            tests[name] = replace(item, passed=False, failed=reason)


def author_name(tests: Mapping[str, str], name: str) -> str:
    """Return a test's name as its author wrote it; ``tests`` are the suite's (``Sealed.tests``)."""
    if "/" in name:  # the file, which could not be collected
        return "tests"
    base, bracket, case = name.partition("[")
    parts = (tests.get(part, part) for part in base.replace("::", ".").split("."))
    return f"{tests.get(base) or '.'.join(parts)}{bracket}{case}"
