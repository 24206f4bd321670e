"""Suites from what data sets hold; the service knows the same shapes (``evaluator.schema.shapes``)."""

from evaluator.schema.shapes import UnknownTests, from_asserts, from_check, from_inputs_outputs, suite_of

__all__ = ["UnknownTests", "from_asserts", "from_check", "from_inputs_outputs", "suite_of"]
