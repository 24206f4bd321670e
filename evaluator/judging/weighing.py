"""Runs in a jail of its own: what a suite demands that cannot be guessed, in bits, of all its test codes together.

Reads ``tests.json``, writes ``prepared.json``: the fields of the report's ``trust``, but its way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluator.judging.conditions import Conditions
from evaluator.judging.preparation import PREPARED, TESTS
from evaluator.sealing.bits import measure_all
from evaluator.sealing.sealed import Sealed, Site

_SEALED = ("sealed", "truth")


def _trust(specs: list[dict[str, Any]]) -> dict[str, Any]:
    parts = [(Sealed.from_json(each["sealed"]), _rows(each["required"])) for each in specs]
    sites = [site for sealed, _ in parts for site in sealed.sites]
    sealed_sites = sum(site.kind in _SEALED for site in sites)
    counts = {"sealed": sealed_sites, "open": len(sites) - sealed_sites}
    conditions = {id(sealed): Conditions(sealed) for sealed, _ in parts}

    def holds(sealed: Sealed, site: Site, values: Sequence[Any], tokens: tuple[int, ...]) -> bool:
        return conditions[id(sealed)].evaluate(site, values, tokens) is None

    return {**counts, **measure_all(parts, holds)._asdict()}


def _rows(required: list[Any] | None) -> list[tuple[int, tuple[int, ...]]] | None:
    return None if required is None else [(number, tuple(tokens)) for number, tokens in required]


def main() -> None:
    """Entry point."""
    specs = json.loads(Path(TESTS).read_bytes())
    Path(PREPARED).write_text(json.dumps(_trust(specs)))
