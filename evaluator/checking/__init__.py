"""Comparison of outputs and results with the expected ones: bytes or plain JSON in, a ``Match`` out."""

from evaluator.checking.match import Match
from evaluator.checking.registry import compare_output, compare_value

__all__ = ["Match", "compare_output", "compare_value"]
