"""Which comparison a checker's specification names."""

from __future__ import annotations

from pydantic import JsonValue

from evaluator.checking import number, text, value
from evaluator.checking.match import Match
from evaluator.schema import CheckerSpec, ExactChecker, FloatChecker, JsonChecker, LinesChecker, TokensChecker


def compare_output(spec: CheckerSpec, output: bytes, expected: bytes) -> Match:
    """Compare what a program wrote with what was expected of it."""
    match spec:
        case TokensChecker():
            return text.tokens(output, expected)
        case LinesChecker():
            return text.lines(output, expected)
        case ExactChecker():
            return text.exact(output, expected)
        case JsonChecker():
            return value.json_text(output, expected)
        case FloatChecker():
            return number.float_tokens(spec.abs, spec.rel)(output, expected)


def compare_value(spec: CheckerSpec, got: JsonValue, want: JsonValue) -> Match:
    """Compare what a function returned with what was expected of it.

    Raises:
        TypeError: the checker compares text only (a suite that says so does not validate).
    """
    match spec:
        case JsonChecker():
            return value.equal_values(got, want)
        case FloatChecker():
            return value.float_values(spec.abs, spec.rel)(got, want)
        case _:
            raise TypeError(f"checker {spec.kind} does not compare values")
