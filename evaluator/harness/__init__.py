"""What runs in the jail beside a submission, under the submissions' interpreter: the standard library only.

Sources travel into the jail when a slot starts (``sources``); nothing here may import the rest of the package.
"""

from __future__ import annotations

from pathlib import Path

MODULES = (
    "excerpt",
    "values",
    "loading",
    "channel",
    "server",
    "remote",
    "instrument",
    "pytest_style",
    "tester",
    "structures",
    "function",
)
"""Each after those that it imports."""


def sources() -> tuple[tuple[str, str], ...]:
    """Dotted names and sources, as a slot's runtime takes them."""
    here = Path(__file__).parent
    return tuple((f"evaluator.harness.{name}", (here / f"{name}.py").read_text()) for name in MODULES)
