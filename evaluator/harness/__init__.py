"""What runs in the jail beside a submission, under the submissions' interpreter: the standard library only.

Sources travel into the jail when a slot starts (``sources``); nothing here may import the rest of the package.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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
    "loading",
    "forms",
    "recorder",
    "suite",
    "script_runner",
    "unittest_runner",
    "pytest_runner",
    "runner",
)
"""Those of the slots that run tests of Python's."""
TEST_IMPORTS = (
    *("asyncio", "logging", "inspect", "pathlib", "tempfile", "unittest", "unittest.mock", "uuid", "zoneinfo"),
    *("numpy", "numpy.testing", "pandas", "pandas.testing", "pytest"),
)
"""What tests import, as far as the runtime has it: imported once for all of a slot."""


def sources(modules: tuple[str, ...] = MODULES) -> tuple[tuple[str, str], ...]:
    """Dotted names and sources, as a slot's runtime takes them."""
    here = Path(__file__).parent
    return tuple((f"evaluator.harness.{name}", (here / f"{name}.py").read_text()) for name in modules)


def test_runtime(runtime: Runtime) -> Runtime:
    """The interpreter for tests of Python's: with what they import imported beforehand."""
    return replace(runtime, warm=(*runtime.warm, *TEST_IMPORTS), modules=dict(sources(TEST_MODULES)))
