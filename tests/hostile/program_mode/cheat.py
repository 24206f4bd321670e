"""Programs that want to be accepted in mode program without solving anything; README.md says how they lie in files."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from tests.hostile.program_mode.problem import EVERY_WAY, HONEST, KNOWS_ONE, SOLUTION, TAIL, Given, Site, ways
from tests.sections import Entry, read

HERE = Path(__file__).parent
_PRELUDES = {
    "solution": KNOWS_ONE,
    "forging": (HERE / "forging.py").read_text(),
    "searching": (HERE / "searching.py").read_text(),
}
_HEADERS = {"with", "sizes", "weak", "needs"}
SEARCHERS = "searchers"
"""The family that looks for values that cannot be computed."""


@dataclass(frozen=True)
class Cheat:
    """One program, and what it tries."""

    family: str
    entry: Entry

    @property
    def name(self) -> str:
        return f"{self.family}/{self.entry.name}"

    @property
    def weak(self) -> str | None:
        """The reason why it may be accepted if the report says that the suite is weak."""
        return self.entry.headers.get("weak")

    @property
    def needs(self) -> str | None:
        """A package that it imports, beside those that every environment of submissions has."""
        return self.entry.headers.get("needs")

    @property
    def code(self) -> str:
        """The submission."""
        if "tests" in self.entry.parts:
            return self.entry.code
        wanted = self.entry.headers.get("with", "").split()
        if self.family == SEARCHERS:
            wanted.append("searching")
        if self.family == "forgers":
            wanted.append("forging")
        preludes = (_PRELUDES[name] for name in dict.fromkeys(wanted))
        return "\n".join([*preludes, self.entry.code, TAIL]).replace("@nul@", "\0")

    def given(self, count: int, turn: int) -> list[Given]:
        """In so many ways the problem is given to it; all that fit where there are no more."""
        sizes = {int(size) for size in self.entry.headers.get("sizes", "").split()}
        found = EVERY_WAY if count >= len(EVERY_WAY) else ways(count, turn)
        fits = [given for given in found if not sizes or given.size in sizes]
        return fits or [given for given in EVERY_WAY if given.size in sizes][turn % 7 :: 60]


@dataclass(frozen=True)
class Trial:
    """A cheat's suite, as it travels, with a program that is right for it."""

    label: str
    suite: dict[str, Any]
    honest: str


def trials(cheat: Cheat, count: int, turn: int) -> list[Trial]:
    """The suites that a cheat is tried with."""
    if "tests" in cheat.entry.parts:
        own = _own_trials(cheat.entry)
        return own if count >= len(own) else own[turn % len(own) :][:count]
    if cheat.family == SEARCHERS:
        return [_planted(given) for given in cheat.given(count, turn)]
    return [Trial(str(given), given.suite(), HONEST) for given in cheat.given(count, turn)]


def _own_trials(entry: Entry) -> list[Trial]:
    tests, right = entry.parts["tests"], entry.parts["right"]
    return [
        Trial(
            f"apart {apart}, {'with' * with_reference or 'no'} reference",
            _suite({"test_code": tests, "apart": apart, **({"reference": right} if with_reference else {})}),
            right,
        )
        for apart in ("auto", False)
        for with_reference in (True, False)
    ]


def _suite(program: Mapping[str, Any]) -> dict[str, Any]:
    return {"mode": "program", "limits": {"cpu_s": 2, "wall_s": 8, "memory_mb": 512}, "program": program}


def _planted(given: Given) -> Trial:
    """A suite whose values nobody has ever seen, of shapes that a searcher knows; only the honest program has them."""
    draw = random.SystemRandom()
    sites = [
        Site("number", draw.randrange(10_000, 1_000_000), 9 * 10**11 + secrets.randbelow(10**11))
        if at % 2 == 0
        else Site("word", draw.randrange(10_000, 1_000_000), "zq" + "".join(draw.choices(ascii_lowercase, k=22)))
        for at in range(given.size)
    ]
    table = {(site.kind, site.n): site.expected for site in sites}
    honest = HONEST.replace(SOLUTION, f"PLANTED = {table!r}\ndef right(kind, n):\n    return PLANTED.get((kind, n))\n")
    suite = given.suite(honest, values=sites)
    suite["limits"] |= {"cpu_s": 6, "wall_s": 20, "memory_mb": 1024}
    return Trial(str(given), suite, honest)


def planted_values(trial: Trial) -> list[str]:
    """The values of a searcher's suite, as text."""
    names: dict[str, Any] = {}
    exec(trial.honest, names)
    return [str(value) for value in names["PLANTED"].values()]


@cache
def every_cheat() -> tuple[Cheat, ...]:
    """All of them, family by family.

    Raises:
        ValueError: a header is none.
    """
    found = []
    for path in sorted((HERE / "cheats").glob("*.py")):
        for entry in read(path):
            if unknown := entry.headers.keys() - _HEADERS:
                raise ValueError(f"{path.name}, {entry.name}: what is {sorted(unknown)}?")
            found.append(Cheat(path.stem, entry))
    return tuple(found)
