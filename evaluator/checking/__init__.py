"""Decides whether an output is right. Pure: bytes or plain JSON in, a `Match` out, no program in sight."""

from evaluator.checking.match import Match
from evaluator.checking.registry import compare_output, compare_value

__all__ = ["Match", "compare_output", "compare_value"]
