"""The problem that every cheat is given: values that nobody can guess, and suites that ask for them in every form.

``solve(kind, n)`` and ``Box(n)`` give the same values: the first as plain calls, the second by an object. Each value is
worth eight bits or more, so a suite with one site is strong.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Any, Literal

Usage = Literal["calls", "objects"]

SOLUTION = """
def right(kind, n):
    number = (n * 48271 + 11) % 2147483647
    if kind == "number":
        return number
    if kind == "word":
        return "".join(chr(97 + (number >> shift) % 23) for shift in range(0, 30, 3))
    if kind == "row":
        return [number % 7919 + 1000, n * 3 + 1007, number % 104729 + 1000]
    return number / 1024
"""
KNOWS_ONE = f"""{SOLUTION}
ASKED = []
def first(kind, n):
    ASKED.append((kind, n))
    return right(kind, n) if (kind, n) == ASKED[0] else None
"""
"""For cheats that know the value that they are asked for first, and no other."""

HONEST = f'''{SOLUTION}
class WrongBox(ValueError):
    pass
def solve(kind, n):
    return right(kind, n)
class Box:
    """What it gives depends on the number that it was made with."""
    def __init__(self, n):
        self.n = n
        self.number = right("number", n)
        self.ratio = right("ratio", n)
    def word(self):
        return right("word", self.n)
    def row(self):
        return right("row", self.n)
'''
TAIL = """
answer = globals().get("answer", lambda kind, n: None)
if "solve" not in globals():
    def solve(kind, n):
        return answer(kind, n)
if "Box" not in globals():
    class Box:
        def __init__(self, n):
            self.n = n
        number = property(lambda self: answer("number", self.n))
        ratio = property(lambda self: answer("ratio", self.n))
        def word(self):
            return answer("word", self.n)
        def row(self):
            return answer("row", self.n)
"""
"""Below a cheat that defines ``answer(kind, n)``: makes of it what the tests use."""

KINDS = ("number", "word", "row", "ratio")
SIZES = (1, 2, 5, 20)
_ATTRIBUTES = frozenset({"number", "ratio"})


@dataclass(frozen=True)
class Site:
    """One value that a suite wants."""

    kind: str
    n: int
    expected: Any

    def value(self, usage: Usage) -> str:
        """The expression that asks the submission for it."""
        if usage == "calls":
            return f"solve({self.kind!r}, {self.n})"
        return f"Box({self.n}).{self.kind}" + ("" if self.kind in _ATTRIBUTES else "()")

    def condition(self, usage: Usage, value: str | None = None) -> str:
        """An assertion's condition."""
        value = value or self.value(usage)
        return f"abs({value} - {self.expected!r}) < 1e-6" if self.kind == "ratio" else f"{value} == {self.expected!r}"


def sites(size: int, seed: int) -> list[Site]:
    """So many different values; the first is a number."""
    right = _right()
    draw = random.Random(seed)
    inputs = draw.sample(range(10_000, 1_000_000), size)
    kinds = [KINDS[number % len(KINDS)] for number in range(size)]
    return [Site(kind, n, right(kind, n)) for kind, n in zip(kinds, inputs, strict=True)]


def _right() -> Callable[[str, int], Any]:
    names: dict[str, Any] = {}
    exec(SOLUTION, names)
    function: Callable[[str, int], Any] = names["right"]
    return function


def _asserts(sites: Sequence[Site], usage: Usage) -> str:
    return "\n".join(f"assert {site.condition(usage)}, 'the {site.kind} of {site.n}'" for site in sites)


def _check(sites: Sequence[Site], usage: Usage) -> str:
    name = "solve" if usage == "calls" else "Box"
    lines = [site.condition(usage).replace(name, "candidate") for site in sites]
    return "def check(candidate):\n" + "\n".join(f"    assert {line}" for line in lines)


def _loop(sites: Sequence[Site], usage: Usage) -> str:
    table = ",\n    ".join(f"({site.kind!r}, {site.n}, {site.expected!r})" for site in sites)
    return f"TABLE = [\n    {table},\n]\nfor kind, n, want in TABLE:\n    assert {_of_row(usage)} == want"


def _of_row(usage: Usage) -> str:
    if usage == "calls":
        return "solve(kind, n)"
    return "(getattr(Box(n), kind) if kind in ('number', 'ratio') else getattr(Box(n), kind)())"


def _unittest(sites: Sequence[Site], usage: Usage) -> str:
    methods = []
    for number, site in enumerate(sites):
        method = "assertAlmostEqual" if site.kind == "ratio" else "assertEqual"
        call = f"self.{method}({site.value(usage)}, {site.expected!r})"
        methods.append(f"    def test_{number}_of_{site.kind}(self):\n        {call}")
    body = "\n".join(methods)
    return f"import unittest\nfrom solution import *\nclass Tests(unittest.TestCase):\n{body}\nif __name__ == '__main__':\n    unittest.main()"


def _subtest(sites: Sequence[Site], usage: Usage) -> str:
    table = ", ".join(f"({site.kind!r}, {site.n}, {site.expected!r})" for site in sites)
    return (
        f"import unittest\nclass Tests(unittest.TestCase):\n    CASES = [{table}]\n    def test_cases(self):\n"
        "        for kind, n, want in self.CASES:\n            with self.subTest(kind=kind, n=n):\n"
        f"                self.assertEqual({_of_row(usage)}, want)"
    )


def _setup(sites: Sequence[Site], usage: Usage) -> str:
    lines = "\n".join(f"self.assertTrue({site.condition(usage, f'self.given[{at}]')})" for at, site in enumerate(sites))
    given = ", ".join(site.value(usage) for site in sites)
    return (
        f"import unittest\nclass Tests(unittest.TestCase):\n    def setUp(self):\n        self.given = [{given}]\n"
        f"    def test_all(self):\n{indent(lines, ' ' * 8)}"
    )


def _pytest(sites: Sequence[Site], usage: Usage) -> str:
    tests = [
        f"def test_{number}_of_{site.kind}():\n    assert {site.condition(usage)}" for number, site in enumerate(sites)
    ]
    return "from solution import *\n" + "\n".join(tests)


def _parametrize(sites: Sequence[Site], usage: Usage) -> str:
    table = ", ".join(f"({site.kind!r}, {site.n}, {site.expected!r})" for site in sites)
    ids = [f"{site.kind}-{site.expected}" for site in sites]
    return (
        f"import pytest\n@pytest.mark.parametrize('kind, n, want', [{table}], ids={ids!r})\n"
        f"def test_rows(kind, n, want):\n    assert {_of_row(usage)} == pytest.approx(want, abs=1e-6)"
        if all(site.kind in _ATTRIBUTES for site in sites)
        else f"import pytest\n@pytest.mark.parametrize('kind, n, want', [{table}], ids={ids!r})\n"
        f"def test_rows(kind, n, want):\n    assert {_of_row(usage)} == want"
    )


def _fixture(sites: Sequence[Site], usage: Usage) -> str:
    tests = "\n".join(
        f"    def test_{number}(self, given):\n        assert {site.condition(usage, f'given({site.kind!r}, {site.n})')}"
        for number, site in enumerate(sites)
    )
    return (
        "import pytest\nfrom solution import *\n@pytest.fixture\ndef given():\n    def give(kind, n):\n"
        f"        return {_of_row(usage)}\n    return give\nclass TestGiven:\n{tests}"
    )


FORMS: Mapping[str, Callable[[Sequence[Site], Usage], str]] = {
    "asserts": _asserts,
    "check": _check,
    "loop": _loop,
    "unittest": _unittest,
    "subtest": _subtest,
    "setup": _setup,
    "pytest": _pytest,
    "parametrize": _parametrize,
    "fixture": _fixture,
}
"""Test code of each form, from the sites and how the submission is used."""


@dataclass(frozen=True)
class Given:
    """One way in which the problem is given."""

    form: str
    size: int
    usage: Usage
    apart: Literal["auto"] | bool
    reference: bool

    def __str__(self) -> str:
        return f"{self.form}, {self.size} sites, {self.usage}, apart {self.apart}, {'with' * self.reference or 'no'} reference"

    @property
    def seed(self) -> int:
        """One for all ways of the same form and size: stored once, used by many cheats."""
        return list(FORMS).index(self.form) * 100 + self.size

    def suite(self, honest: str = HONEST, *, values: Sequence[Site] = ()) -> dict[str, Any]:
        """The suite as it travels."""
        wanted = values or sites(self.size, self.seed)
        program: dict[str, Any] = {"test_code": FORMS[self.form](wanted, self.usage) + "\n", "apart": self.apart}
        if self.form == "check":
            program["entry_point"] = "solve" if self.usage == "calls" else "Box"
        if self.reference:
            program["reference"] = honest
        return {
            "mode": "program",
            "limits": {"cpu_s": 1, "wall_s": 5, "memory_mb": 512, "processes": 32},
            "program": program,
        }


_APART: tuple[Literal["auto"] | bool, ...] = ("auto", True, False)
EVERY_WAY = tuple(
    Given(form, size, usage, apart, reference)
    for form in FORMS
    for size in SIZES
    for usage in ("calls", "objects")
    for apart in _APART
    for reference in (True, False)
    if not (usage == "objects" and apart is True)  # objects do not cross the channel
)


def ways(count: int, turn: int) -> list[Given]:
    """So many of them for the cheat of that number, spread over forms, sizes and ways; another cheat gets others."""
    step = len(EVERY_WAY) // count
    draw = random.Random(turn)
    return [EVERY_WAY[start + draw.randrange(step)] for start in range(0, step * count, step)]
