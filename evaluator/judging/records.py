"""The records of a run of sealed tests, read with each assertion's condition evaluated.

In the sealed way a submission may have written any of it. Nothing follows from a record but that its values meet the
condition, or do not; one that the recorder does not write shows that somebody else did.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from evaluator.forms import codec
from evaluator.judging.conditions import Failure, SiteConditions
from evaluator.sealing.sealed import Sealed, Site

OUTCOMES = frozenset({"passed", "failed", "error", "skipped", "xfailed", "xpassed", "optional"})
"""``xfailed``: it had to fail, and did; ``optional``: it may fail (pytest's xfail that is not strict), whatever it
did."""
_NO_MOCK = "what was called is no mock"
_FOREIGN_TOKEN = "a value came where the tests have a constant"

Tokens = tuple[int, ...]


class Forged(Exception):
    """A record that no recorder of ours has written."""


class Observation(NamedTuple):
    """A site that was reached, with the numbers of the constants that came along; ``failure``: why it does not hold."""

    site: Site
    tokens: Tokens = ()
    failure: Failure | None = None


class Break(NamedTuple):
    """A statement of a script that raised. ``after``: the number of the site that was reached last before, or -1."""

    after: int
    text: str
    trace: str


class TestRun(NamedTuple):
    """A test that came to its end, with what was observed since the one before it did."""

    name: str
    outcome: str
    text: str
    trace: str
    observations: tuple[Observation, ...]


@dataclass
class Reading:
    """All that a run reported. ``end`` is None where the run did not come to its own end."""

    observations: list[Observation] = field(default_factory=list)
    tests: list[TestRun] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    end: dict[str, Any] | None = None
    forged: bool = False
    tested: int = 0
    """The number of observations by the end of the last test."""
    last: int = -1
    """The number of the site that was reached last."""
    _fine: set[tuple[int, Tokens]] = field(default_factory=set)
    """The observations of this test that hold."""

    @property
    def rows(self) -> set[tuple[int, Tokens]]:
        """Each site that was reached, with each row of constants that came along."""
        return {(each.site.number, each.tokens) for each in self.observations}

    @property
    def outcomes(self) -> dict[str, str]:
        """Each test's outcome by its name."""
        return {test.name: test.outcome for test in self.tests}

    def observe(self, seen: Observation) -> None:
        """Note what was observed; of what holds once is enough in a test: a loop may report it a million times."""
        self.last = seen.site.number
        key = (seen.site.number, seen.tokens)
        if seen.failure is not None or key not in self._fine:
            self.observations.append(seen)
        if seen.failure is None:
            self._fine.add(key)

    def end_test(self, name: str, outcome: str, text: str, trace: str) -> None:
        """Note the end of a test."""
        self.tests.append(TestRun(name, outcome, text, trace, tuple(self.after_tests)))
        self.tested = len(self.observations)
        self._fine.clear()

    @property
    def after_tests(self) -> list[Observation]:
        """The observations after the end of the last test."""
        return self.observations[self.tested :]


def read(sealed: Sealed, conditions: SiteConditions, records: Iterable[Any]) -> Reading:
    """Evaluate the records of a run, up to the first that is forged."""
    reading, reader = Reading(), _RecordReader(sealed, conditions)
    try:
        for record in records:
            reader.take(reading, record)
    except Forged:
        reading.forged = True
    return reading


class Lines:
    """The records in a file of them, one a line."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __iter__(self) -> Iterator[Any]:
        """
        Raises:
            Forged: a line is no JSON.
        """
        for line in self._data.split(b"\n"):
            if line:
                yield _parsed(line)


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise Forged from None


class _RecordReader:
    """Reads the records of one suite's runs."""

    def __init__(self, sealed: Sealed, conditions: SiteConditions) -> None:
        self._sites, self._conditions = sealed.sites, conditions
        self._columns = [frozenset(column) for column in sealed.columns]

    def take(self, reading: Reading, record: Any) -> None:
        """Add a record to what was read.

        Raises:
            Forged: it is none of ours.
        """
        if reading.end is not None:
            raise Forged
        match record:
            case ["end", dict(end)]:
                reading.end = end
            case ["test", str(name), str(outcome), str(text), *more] if outcome in OUTCOMES:
                reading.end_test(name, outcome, text, _text(more))
            case ["failed", int(), str(text), *more]:
                if len(reading.breaks) <= len(self._sites):  # more tell nothing more
                    reading.breaks.append(Break(reading.last, text, _text(more)))
            case [str(), int(number), *_] if 0 <= number < len(self._sites):
                reading.observe(self._observation(self._sites[number], record))
            case _:
                raise Forged

    def _observation(self, site: Site, record: list[Any]) -> Observation:
        match record:
            case ["site", _, list(values), list(tokens), *_] if site.form in ("site", "lazy"):
                return self._evaluated(site, values, tokens)
            case ["mock", _, list(calls), list(awaited), *_] if site.form == "mock":
                return Observation(site, (), _calls_failure(site, self._conditions, calls, awaited))
            case ["site", _, [_], []] if site.form == "mock":
                return Observation(site, (), Failure(f"{site.text}: {_NO_MOCK}"))
            case ["reached", _] if site.form == "reached":
                return Observation(site)
            case ["raised", _, list() | None] if site.form == "raises":
                return Observation(site)
        raise Forged

    def _evaluated(self, site: Site, values: list[Any], tokens: list[Any]) -> Observation:
        if not self._may_have(site, tokens):
            return Observation(site, (), Failure(f"{site.text}: {_FOREIGN_TOKEN}"))
        row = tuple(tokens)
        try:
            decoded = [self._conditions.decode(value) for value in values]
        except codec.BadForm as error:
            return Observation(site, row, Failure(f"{site.text}: {error}"))
        return Observation(site, row, self._conditions.evaluate(site, decoded, row))

    def _may_have(self, site: Site, tokens: list[Any]) -> bool:
        """Tell whether each constant is one of those that may come to the site in its place."""
        if len(tokens) != len(site.columns):
            return False
        pairs = zip(tokens, site.columns, strict=True)
        return all(type(token) is int and token in self._columns[column] for token, column in pairs)


def _text(more: list[Any]) -> str:
    return more[0] if more and isinstance(more[0], str) else ""


def _calls_failure(site: Site, conditions: SiteConditions, calls: list[Any], awaited: list[Any]) -> Failure | None:
    try:
        own_calls, waited_for = ([_call(each, conditions) for each in each_kind] for each_kind in (calls, awaited))
    except (codec.BadForm, ValueError, TypeError) as error:
        return Failure(f"{site.text}: {error}")
    return conditions.evaluate_calls(site, own_calls, waited_for)


def _call(form: Any, conditions: SiteConditions) -> tuple[Any, dict[str, Any]]:
    """The arguments of a call, and the named ones.

    Raises:
        codec.BadForm, ValueError, TypeError: it has no plain ones.
    """
    arguments, named = (conditions.decode(each) for each in form)
    return tuple(arguments), {str(name): value for name, value in dict(named).items()}
