"""Completions of one problem with the verdicts that they must get, and a service to grade them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PROBLEM = Path(__file__).parents[1] / "ferry_trips"
PROMPT = (PROBLEM / "problem.md").read_text()
SUITE = (PROBLEM / "suite.json").read_text()
"""A suite's JSON text: what a data set keeps in a column, and what travels to the service once."""


def completions() -> dict[str, str]:
    """Return completions as a model may write them, by the verdict that each must get."""
    found = {"no_code": "I am not sure how to solve this."}
    for file in sorted(PROBLEM.glob("*.py")):
        found.setdefault(file.name.split(".")[0], f"Here is my solution.\n\n```python\n{file.read_text()}\n```\n")
    return found


@contextlib.contextmanager
def service() -> Iterator[None]:
    """The service that ``MICROCODER_URL`` names; without it, one that lasts as long as the block."""
    if "MICROCODER_URL" in os.environ:
        yield
    else:
        from evaluator.local import local_service

        with local_service() as local:
            os.environ["MICROCODER_URL"] = local.url
            yield
