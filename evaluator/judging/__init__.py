"""What decides about tests of mode program, in a jail of its own: suites are prepared here, and what runs reported is
judged. Nothing of a submission runs here; what it sent are plain values. No imports but the standard library, and
those of conditions.

Sources travel into the jail when a slot starts (``harness.test_sources``).
"""

VERDICTS = ("assertions", "vacuous", "conditions", "records", "items", "verdicts")
MODULES = (*VERDICTS, "preparation", "weighing")
"""What the outer judge takes, and all; each after those that it imports."""
