"""Runs in a jail of its own: what a suite demands that cannot be guessed, in bits, of all its test codes together.

Reads ``tests.json``, writes ``prepared.json``: the fields of the report's ``trust``, but its way.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluator.harness.conditions import Conditions
from evaluator.harness.preparation import PREPARED, TESTS
from evaluator.sealing.bits import Weight, weigh
from evaluator.sealing.sealed import Sealed

_SEALED = ("sealed", "truth")


def _trust(given: list[dict[str, Any]]) -> dict[str, Any]:
    weight, flags = Weight(), set[str]()
    counts = {"sealed": 0, "open": 0}
    for each in given:
        sealed, required = Sealed.from_json(each["sealed"]), each["required"]
        rows = None if required is None else {(number, tuple(tokens)) for number, tokens in required}
        weight += weigh(sealed, rows, Conditions(sealed).constant)
        flags |= set(sealed.flags)
        for site in sealed.sites:
            counts["sealed" if site.kind in _SEALED else "open"] += 1
    return {**counts, "bits": weight.bits, "level": weight.level, "flags": sorted(flags)}


def main() -> None:
    """Entry point."""
    given = json.loads(Path(TESTS).read_bytes())
    Path(PREPARED).write_text(json.dumps(_trust(given)))
