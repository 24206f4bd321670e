"""Conversion of any source's tests to tests of a suite. Tests that cannot be used are counted by reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluator.schema.shapes import are_wrapped
from trainer_client.dataset.arguments import BadValue, Signature, fits, positional, value_of

_SHOWN_CHARS = 200
_SHOWN_TESTS = 3

_ERROR_TEXT = re.compile(
    r"""\s*(?:
        Traceback\ \(most\ recent\ call\ last\)
      | (?:[A-Za-z_]+\.)*[A-Z][A-Za-z]*(?:Error|Exception|Interrupt)(?::\s|\s*$)
      | (?:Runtime\s?|Internal\s|Fatal\s)?[Ee]rror:\s\S
      | (?:Process|Command|Program)\ (?:failed|crashed)
      | Segmentation\ fault
    )""",
    re.VERBOSE,
)
"""Texts that a failed run leaves in place of its output."""
_STOPPED_TEXT = re.compile(
    r"\s*(?:(?:Execution|Process|Command|Program)\ (?:timed\ ?out|timeout)|Time(?:d\ ?out|out)(?:\ expired)?\s*$"
    r"|(?:Time|Memory|Output)\ Limit\ Exceeded\s*$)",
    re.IGNORECASE,
)
"""Texts of a run that was stopped at a limit. Other outputs are not in doubt: the program was only too slow there."""
_CUT = re.compile(r"(?:[\d,\])]\s+\.\.\.|…|,\s*\.\.\.)\s*$")
"""Dots, after a number or a comma, that stand for the rest of a text."""
_CUT_WITHIN = re.compile(r"\d\.\.\.\s*$")
_CUT_MIN_CHARS = 200
"""Characters from which on dots directly after a digit mean a cut. In a shorter text they may be part of a board."""


@dataclass(slots=True)
class Faults:
    """Counts of tests that cannot be used, by reason, with the first of each as evidence."""

    counts: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, reason: str, place: int, message: str) -> None:
        """Count one more test."""
        self.counts[reason] += 1
        examples = self.shown.setdefault(reason, [])
        if len(examples) < _SHOWN_TESTS:
            examples.append({"test": place, "message": message[:_SHOWN_CHARS]})

    def to_json(self) -> dict[str, Any]:
        """Return the counts and the evidence as JSON."""
        return {"counts": dict(sorted(self.counts.items())), "tests": dict(sorted(self.shown.items()))}


def error_in(output: Any, statement: str) -> str:
    """Return the reason why a text is no expected output: ``error_output`` for the text of an error, ``stopped_output``
    for that of a run which was stopped. "" if it is one; a text that the statement mentions always is."""
    if not isinstance(output, str):
        return ""
    for reason, pattern in (("error_output", _ERROR_TEXT), ("stopped_output", _STOPPED_TEXT)):
        if (match := pattern.match(output)) is not None and match[0].strip().lower() not in statement.lower():
            return reason
    return ""


def is_cut(text: Any) -> bool:
    """Tell whether a text ends in dots that stand for the rest of it."""
    if not isinstance(text, str):
        return False
    end = text[-40:]
    return _CUT.search(end) is not None or (len(text) >= _CUT_MIN_CHARS and _CUT_WITHIN.search(end) is not None)


def text_tests(
    inputs: Sequence[Any], outputs: Sequence[Any], statement: str, faults: Faults
) -> Iterator[dict[str, Any]]:
    """Yield tests of standard input and output. A list is read as its lines, as APPS writes some."""
    for place, (stdin, expected) in enumerate(zip(inputs, outputs, strict=True)):
        stdin, expected = _lines(stdin), _lines(expected)
        if fault := error_in(expected, statement):
            faults.add(fault, place, expected)
        elif is_cut(stdin) or is_cut(expected):
            faults.add("cut", place, f"…{stdin[-60:]!r} → …{expected[-60:]!r}")
        else:
            yield {"input": stdin, "output": expected}


def call_tests(
    arguments: Sequence[str], outputs: Sequence[Any], signature: Signature, statement: str, faults: Faults
) -> Iterator[dict[str, Any]]:
    """Yield tests of a function whose arguments are written by name, and whose results as JSON or Python."""
    for place, (call, expected) in enumerate(zip(arguments, outputs, strict=True)):
        if fault := error_in(expected, statement):
            faults.add(fault, place, expected)
            continue
        try:
            yield {"input": positional(call, signature), "output": result_of(expected, signature.returns)}
        except BadValue as error:
            reason = error.reason if error.reason != "bad_value" else "bad_output"
            faults.add(reason, place, str(error))


def result_of(text: Any, annotation: str) -> Any:
    """Parse an expected result.

    Raises:
        BadValue: it is no value, or not of the annotation's type.
    """
    value = value_of(text, annotation) if isinstance(text, str) else text
    if annotation == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if value is not None and annotation != "None" and not fits(value, annotation):
        raise BadValue("bad_output", f"{text!r} is no {annotation}"[:_SHOWN_CHARS])
    return value


def line_tests(inputs: Sequence[str], outputs: Sequence[Any], faults: Faults) -> Iterator[dict[str, Any]]:
    """Yield LiveCodeBench's tests of a function: one JSON value on each line, and the result as JSON."""
    for place, (lines, expected) in enumerate(zip(inputs, outputs, strict=True)):
        try:
            values = [json.loads(line) for line in lines.split("\n") if line.strip()]
            yield {"input": values, "output": json.loads(expected) if isinstance(expected, str) else expected}
        except (ValueError, RecursionError) as error:
            faults.add(error_in(expected, "") or "bad_output", place, f"{expected!r}: {error}")


def value_tests(
    inputs: Sequence[Any], outputs: Sequence[Any], statement: str, faults: Faults
) -> Iterator[dict[str, Any]]:
    """Yield tests of a function from values. If every output is a list of one value, that value is the result (APPS,
    PRIME)."""
    if are_wrapped(outputs):
        outputs = [each[0] for each in outputs]
    for place, (value, expected) in enumerate(zip(inputs, outputs, strict=True)):
        if fault := error_in(expected, statement):
            faults.add(fault, place, expected)
        elif not isinstance(value, list):
            faults.add("bad_input", place, f"no list of arguments: {value!r}")
        else:
            yield {"input": value, "output": expected}


def distinct(tests: Iterator[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], int, list[Any]]:
    """Return the distinct tests, the number of repetitions, and the inputs that have different outputs."""
    known: dict[str, str] = {}
    unique: list[dict[str, Any]] = []
    repeated, contradictory = 0, []
    for test in tests:
        input_text, expected = (json.dumps(test[side], sort_keys=True) for side in ("input", "output"))
        if input_text not in known:
            known[input_text] = expected
            unique.append(dict(test))
        elif known[input_text] == expected:
            repeated += 1
        else:
            contradictory.append([input_text[:_SHOWN_CHARS], known[input_text][:_SHOWN_CHARS], expected[:_SHOWN_CHARS]])
    return unique, repeated, contradictory


def _lines(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
