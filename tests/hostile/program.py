"""A hostile program as it lies in a file: what it does, and in its first lines what must come of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
LANGUAGES = {".py": "python", ".c": "c", ".cpp": "cpp", ".sh": "bash", ".js": "javascript"}
_LIMITS: Mapping[str, float] = {"cpu_s": 5.0, "wall_s": 60.0, "memory_mb": 64, "output_mb": 1, "processes": 16}
_SHORT: Mapping[str, float] = {"cpu_s": 0.5, "wall_s": 2.0}
"""For programs that may be too slow. A busy machine takes no other one to a limit of time."""
_TOO_SLOW = "time_limit_exceeded"
_HEADER = re.compile(r"(?:#|//) ([a-z][a-z -]*): (.+)")
_KEYS = {"as", "verdict", "says", "inputs", "limits", "with"}
NOT_PROMISED = {
    "debug": "another process's memory is behind the kernel's rules for users there, and nothing else",
    "environment": "the process tier does not hide other processes",
    "expected": "the process tier does not hide files",
    "files": "the process tier does not hide files",
    "submissions": "the process tier does not hide files",
    "supervisor": "the process tier does not hide other processes",
}
"""Categories that docs/security.md leaves out of the process tier."""


@dataclass(frozen=True)
class Hostile:
    """One program and what is expected of it; README.md has the header's language."""

    name: str
    language: str
    source: str
    verdicts: tuple[str, ...] = ("accepted",)
    says: tuple[str, ...] = ("refused",)
    inputs: tuple[str, ...] = ("",)
    checks: bool = False
    """It is a suite's checker, and what is judged an honest program."""
    limits: Mapping[str, float] = ()  # type: ignore[assignment]
    exceptions: Mapping[str, tuple[str, ...]] = ()  # type: ignore[assignment]
    skipped: Mapping[str, str] = ()  # type: ignore[assignment]

    @property
    def category(self) -> str:
        return self.name.split("/", maxsplit=1)[0]

    def allowed(self, places: tuple[str, ...]) -> tuple[str, ...]:
        """The verdicts that are right in a configuration of these names."""
        return next((self.exceptions[place] for place in places if place in self.exceptions), self.verdicts)

    def skip_reason(self, places: tuple[str, ...]) -> str | None:
        """Return the reason why the program says nothing about a configuration, None if it does."""
        if "process" in places and self.category in NOT_PROMISED:
            return NOT_PROMISED[self.category]
        return next((self.skipped[place] for place in places if place in self.skipped), None)

    def code(self, values: Mapping[str, str]) -> str:
        """The source, with ``@name@`` replaced by what is there in this run."""
        return re.sub(r"@([a-z]+)@", lambda match: values[match[1]], self.source)


def parse(name: str, text: str) -> Hostile:
    """Read a program's header.

    Raises:
        ValueError: it holds something that is not in the language.
    """
    fields: dict[str, str] = {}
    for line in text.splitlines():
        if (match := _HEADER.fullmatch(line)) is None:
            break
        fields[match[1]] = match[2]
    exceptions, skipped = {}, {}
    for key in fields.keys() - _KEYS:
        before, _, place = key.rpartition("in ")
        if before == "not ":
            skipped[place] = fields[key]
        elif before == "":
            verdicts, _, reason = fields[key].partition(" - ")
            if not reason:
                raise ValueError(f"{name}: {key!r} needs a reason")
            exceptions[place] = _words(verdicts)
        else:
            raise ValueError(f"{name}: what is {key!r}?")
    limits = {key: float(value) for key, value in (pair.split("=") for pair in fields.get("limits", "").split())}
    inputs = _parts(fields.get("inputs", ""))
    says = _parts(fields.get("says", "refused"))
    verdicts = _words(fields.get("verdict", "accepted"))
    may_be_slow = any(_TOO_SLOW in allowed for allowed in (verdicts, *exceptions.values()))
    return Hostile(
        name=name,
        language=LANGUAGES[Path(name).suffix],
        source=(HERE / f"{fields['with']}.py").read_text() + "\n\n" + text if "with" in fields else text,
        verdicts=verdicts,
        says=says if len(says) == len(inputs) else says * len(inputs),
        inputs=inputs,
        checks=fields.get("as") == "checker",
        limits={**_LIMITS, **(_SHORT if may_be_slow else {}), **limits},
        exceptions=exceptions,
        skipped=skipped,
    )


@cache
def every_program() -> tuple[Hostile, ...]:
    """All of them, in the order of their names."""
    files = sorted(path for path in PROGRAMS.glob("*/*") if path.suffix in LANGUAGES)
    return tuple(parse(str(path.relative_to(PROGRAMS)), path.read_text()) for path in files)


def _parts(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split("|"))


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(","))
