"""Files that hold many small programs, one below the other.

``#% name: what it is`` begins an entry, ``#: key: value`` is a header line of it, and ``#- part`` begins a further part
of its text, such as its tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ENTRY, _HEADER, _PART = "#% ", "#: ", "#- "
MAIN = ""
"""The part before any other."""


@dataclass(frozen=True)
class Entry:
    """One program with what goes with it."""

    name: str
    about: str
    headers: Mapping[str, str]
    parts: Mapping[str, str]

    @property
    def code(self) -> str:
        return self.parts[MAIN]


def read(path: Path) -> list[Entry]:
    """Read the entries of a file, in order.

    Raises:
        ValueError: it does not begin with an entry, or a name occurs twice.
    """
    before, *texts = ("\n" + path.read_text()).split("\n" + _ENTRY)
    if before.strip():
        raise ValueError(f"{path.name} does not begin with {_ENTRY!r}")
    entries = [_entry(text) for text in texts]
    names = [entry.name for entry in entries]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{path.name} has twice: {sorted(doubled)}")
    return entries


def _entry(text: str) -> Entry:
    title, *lines = text.split("\n")
    name, _, about = title.partition(": ")
    headers: dict[str, str] = {}
    parts: dict[str, list[str]] = {MAIN: []}
    current = parts[MAIN]
    for line in lines:
        if line.startswith(_HEADER):
            key, _, value = line.removeprefix(_HEADER).partition(": ")
            headers[key] = value
        elif line.startswith(_PART):
            current = parts.setdefault(line.removeprefix(_PART).strip(), [])
        else:
            current.append(line)
    return Entry(name, about, headers, {part: "\n".join(lines).strip("\n") + "\n" for part, lines in parts.items()})
