"""Logs of trainers as rows: one file for each trainer, and one for our own form.

A reader takes one JSON object, or one table, and yields entries. It is told the file, since some trainers write the
step into a file's or a folder's name only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from trainer_client.diagnosis.formats import own, prime_rl, trl, verl
from trainer_client.diagnosis.formats.entry import Entry, TextLength
from trainer_client.diagnosis.rollouts import BadRollouts

__all__ = ["READERS", "Entry", "Reader", "TextLength", "in_order", "reader_of"]

Reader = Callable[[Mapping[str, Any], Path, TextLength], Iterator[Entry]]
READERS: dict[str, tuple[Callable[[Mapping[str, Any]], bool], Reader]] = {
    "verl": (verl.matches, verl.read),
    "prime_rl": (prime_rl.matches, prime_rl.read),
    "trl": (trl.matches, trl.read),
    "own": (own.matches, own.read),
}
"""By name: the test that a JSON object is of that form, and its reader. The first that matches reads."""


def reader_of(row: Mapping[str, Any], file: Path) -> Reader:
    """Return the reader of a file's rows, by one of them.

    Raises:
        BadRollouts: no form is known with such fields.
    """
    for matches, read in READERS.values():
        if matches(row):
            return read
    raise BadRollouts(
        f"{file}: rows with the fields {', '.join(sorted(row)) or 'none'} are no known log; docs/diagnose.md has the "
        "forms that are read"
    )


def in_order(file: Path) -> tuple[list[int], str]:
    """Return a key that sorts files by the numbers in their names: step_2 before step_10."""
    return [int(number) for number in re.findall(r"\d+", str(file))], str(file)
