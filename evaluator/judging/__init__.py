"""The judge of tests of mode program: it prepares suites, and judges by what their runs reported. It has a jail of its
own, but for ``plain``, by which the worker evaluates conditions that are data. Nothing of a submission runs here; what
it sent are plain values. No imports but the standard library, and those of conditions.

Sources travel into the jail when a slot starts (``harness.test_sources``).
"""

VERDICTS = ("assertions", "vacuous", "conditions", "records", "items", "verdicts")
MODULES = (*VERDICTS, "expressions", "call_steps", "calls", "preparation", "weighing")
"""The outer judge's modules, and all; each after those that it imports."""
