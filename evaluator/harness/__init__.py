"""What runs in the jail beside a submission, under the submissions' interpreter: the standard library only.

Sources travel into the jail when a slot starts (``sources``); nothing here may import the rest of the package.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evaluator import sealing
from sandbox.slot import Runtime

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


TEST_MODULES = (
    "harness.excerpt",
    "harness.loading",
    "harness.forms",
    "harness.recorder",
    "harness.suite",
    "harness.script_runner",
    "harness.unittest_runner",
    "harness.pytest_runner",
    *(f"sealing.{name}" for name in sealing.MODULES),
    "harness.assertions",
    "harness.conditions",
    "harness.records",
    "harness.items",
    "harness.verdicts",
    "harness.preparation",
    "harness.weighing",
    "harness.runner",
)
"""Those of the slots that run tests of Python's."""
TEST_IMPORTS = (
    *("asyncio", "logging", "inspect", "pathlib", "tempfile", "unittest", "unittest.mock", "uuid", "zoneinfo"),
    *("numpy", "numpy.testing", "pandas", "pandas.testing", "pytest"),
)
"""What tests import, as far as the runtime has it: imported once for all of a slot."""


def sources() -> tuple[tuple[str, str], ...]:
    """Dotted names and sources, as a slot's runtime takes them."""
    return _sources(tuple(f"harness.{name}" for name in MODULES))


def test_sources() -> tuple[tuple[str, str], ...]:
    """As ``sources``, for the slots that run tests of Python's."""
    return _sources(TEST_MODULES)


def _sources(modules: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    above = Path(__file__).parent.parent
    return tuple((f"evaluator.{name}", (above / f"{name.replace('.', '/')}.py").read_text()) for name in modules)


def test_runtime(runtime: Runtime) -> Runtime:
    """The interpreter for tests of Python's: with what they import imported beforehand."""
    return replace(runtime, warm=(*runtime.warm, *TEST_IMPORTS), modules=dict(test_sources()))
