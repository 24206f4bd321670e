"""The table of comparisons: from a checker's specification to the function that compares."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pydantic import JsonValue

from evaluator.checking import icpc, lcb, loose, number, text, unordered, value
from evaluator.checking.match import Match
from evaluator.checking.plain import plain
from evaluator.checking.text import FORM_BYTES
from evaluator.harness.values import NotPlain
from evaluator.schema import (
    ExactChecker,
    FloatChecker,
    IcpcDefaultChecker,
    JsonChecker,
    LcbChecker,
    LinesChecker,
    MicroCoderLooseChecker,
    OneChecker,
    TokensChecker,
    UnorderedChecker,
)

_REPETITIONS = 1 << 20
"""Bytes. A checker that compares sets accepts any number of repetitions, up to this size."""


def compare_output(spec: OneChecker, output: bytes, expected: bytes) -> Match:
    """Compare what a program wrote with what was expected of it."""
    return comparison(spec)(output, expected)


def comparison(spec: OneChecker) -> Callable[[bytes, bytes], Match]:
    """Return the function that compares an output with the expected one, for use with many tests."""
    match spec:
        case TokensChecker():
            return text.tokens
        case LinesChecker():
            return text.lines
        case ExactChecker():
            return text.exact
        case JsonChecker():
            return value.json_text
        case FloatChecker():
            return number.float_tokens(spec.abs, spec.rel)
        case UnorderedChecker():
            return unordered.tokens if spec.of == "tokens" else unordered.lines
        case IcpcDefaultChecker():
            return partial(icpc.default, flags=icpc.Flags.parse(spec.args))
        case LcbChecker():
            return lcb.output
        case MicroCoderLooseChecker():
            return loose.output


def compare_value(spec: OneChecker, form: Any, want: JsonValue) -> Match:
    """Compare what a function returned, in the form in which it crossed (``evaluator.harness.values``), with what was
    expected of it.

    Raises:
        TypeError: the checker compares text only (a suite that says so does not validate).
    """
    match spec:
        case LcbChecker():
            return lcb.result(form, want)
        case MicroCoderLooseChecker():
            return _of_plain(form, lambda got: loose.result(got, want), sets=True)
        case JsonChecker():
            return _of_plain(form, lambda got: value.equal_values(got, want))
        case FloatChecker():
            return _of_plain(form, lambda got: value.float_values(spec.abs, spec.rel)(got, want))
        case UnorderedChecker():
            return _of_plain(form, lambda got: unordered.elements(got, want, nested=spec.nested), sets=True)
        case _:
            raise TypeError(f"checker {spec.kind} does not compare values")


def spare_bytes(spec: OneChecker) -> int:
    """Return the bytes by which an output may exceed every form of the expected one and still be accepted."""
    return _REPETITIONS if isinstance(spec, MicroCoderLooseChecker) else FORM_BYTES


def first_match(matches: list[Match]) -> Match:
    """Choose among the matches with several expected outputs: the first that accepts, else the first of all."""
    for match in matches:
        if match.accepted:
            return match
    return matches[0]


def _of_plain(form: Any, compare: Callable[[JsonValue], Match], *, sets: bool = False) -> Match:
    try:
        got = plain(form, sets=sets)
    except NotPlain as error:
        return Match.no(f"the result holds a {error}")
    return compare(got)
