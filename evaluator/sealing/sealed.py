"""The sealed suite: what is delivered to the submission's process, and what stays outside.

**Delivered**: ``Sealed.text``. It calls a recorder, the global ``RECORDER`` of the tests' name space:

====================================  ======================================================================
``_R_.site(n, (leaf, …), (token, …))``  a sealed site or a truth: records the values at once, returns True
``_R_.lazy(n, (lambda: leaf, …), (…))`` the same where the author's condition may stop early (``or``). The author
                                        always evaluates the first leaf: what it raises goes on as it is; what
                                        another leaf raises is recorded in its place
``_R_.mock(n, mock)``                   a mock's ``assert_called_with`` and kin: records its calls
``_R_.reached(n, value)``               an open site, after the author's own condition or call: returns ``value``
``_R_.raises(n, context)``              wraps the context manager of ``assertRaises``, ``pytest.raises`` and kin;
                                        ``as`` binds what ``context`` binds
``_R_.token(n)``                        an inert handle where a constant stood that flows only into conditions
====================================  ======================================================================

**Outside**: ``Site.condition``, an expression over the names

- ``_v``: the leaves' values, ``_t``: the constants of the tokens that came with them;
- ``_tc``: a ``unittest.TestCase`` (plain comparison, no diffs);
- what ``Sealed.imports`` bind.

It holds if it is true, or, where ``Site.statement`` says so, if it raises no AssertionError. Of a ``mock`` site
``_v[0]`` is a mock that got the recorded calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

RECORDER = "_R_"
"""The recorder's name in the delivered text. Nobody else's: a physicist's submission may well have an ``_R``."""

Kind = Literal["sealed", "truth", "open", "raises"]
Form = Literal["site", "lazy", "mock", "reached", "raises"]
Framework = Literal["check", "script", "unittest", "pytest"]


class CannotSeal(Exception):
    """Tests that cannot be made into a sealed suite; the message says why and what to do."""


class UnparsableTests(CannotSeal):
    """The text does not parse."""


class NothingToTest(CannotSeal):
    """The text holds nothing that can fail."""


class TooComplex(CannotSeal):
    """The text is too long, or nests too deeply."""


@dataclass(frozen=True, slots=True)
class Site:
    """One assertion of the author's text.

    ``number`` counts sites in the order of the text and does not depend on ``opened``.
    """

    number: int
    kind: Kind
    form: Form
    """The recorder's call that stands in the text: records of another form for this site are forged."""
    condition: str | None
    """Python source; None for kinds ``open`` and ``raises``."""
    line: int
    """In the author's text."""
    text: str
    """The author's assertion, shortened: for reports, never delivered."""
    test: str
    """Qualified neutral name of the test or function around it (``TestC0000.test_0001``); empty at the top level."""
    straight: bool
    """A run of its test reaches it, whatever the submission returns: required where there is no reference."""
    why: str = ""
    """For ``open``: a phrase that says why; for a sealed one, what only a reference would show."""
    leaves_truth: tuple[bool, ...] = ()
    """Per leaf: only its truth counts, so that an object's is enough."""
    visible: bool = False
    """A constant of its condition also stands in the delivered text: it proves nothing."""
    statement: bool = False
    """The condition raises AssertionError instead of being false."""
    columns: tuple[int, ...] = ()
    """Per token of its records: the column (of ``Sealed.columns``) it is of. Any other token is forged."""
    each_row: bool = False
    """A run of its test comes to it with each token of its columns: required where there is no reference."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A suite's tests as delivered, and what stays outside."""

    text: str
    framework: Framework
    sites: tuple[Site, ...]
    """``sites[n].number == n``."""
    tokens: tuple[str, ...]
    """Source of each token's constant; the token's number is its place."""
    columns: tuple[tuple[int, ...], ...]
    """Numbers of the tokens that may stand for one name: a table's column, a helper's argument."""
    imports: tuple[str, ...]
    """Statements that conditions and tokens need. One that fails is left out: what needs it then fails."""
    tests: Mapping[str, str]
    """Neutral name of each test function or class → the author's."""
    flags: tuple[str, ...]
    """Any of ``clock``, ``chance``, ``own name``: the tests read them."""
    loose: int
    """Comparisons of the submission's values with constants outside assertions: the constants are visible."""
    separate: bool
    """The tests import the submission as a module."""
    module_names: tuple[str, ...]
    """The names under which they do."""

    def to_json(self) -> dict[str, Any]:
        """A value that ``json.dumps`` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Sealed:
        """The suite that ``to_json`` made this of.

        Raises:
            KeyError: a field is missing.
            TypeError: a site has a field that sites have not.
        """
        values = {field.name: form[field.name] for field in fields(cls)}
        lists = ("tokens", "imports", "flags", "module_names")
        values |= {name: tuple(values[name]) for name in lists}
        values["columns"] = tuple(tuple(column) for column in form["columns"])
        return cls(**{**values, "sites": tuple(_site(site) for site in form["sites"])})


def _site(form: Mapping[str, Any]) -> Site:
    return Site(**{**form, "leaves_truth": tuple(form["leaves_truth"]), "columns": tuple(form["columns"])})
