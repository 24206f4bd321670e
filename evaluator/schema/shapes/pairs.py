"""Tests that are pairs of an input and an output: of programs that read and write text, and of functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from evaluator.schema.shapes.values import NoTests, UnknownTests, parse_json, parse_literal, shown

Form = Literal["text", "named", "lines", "values"]
_INPUTS = ("input", "stdin")
_OUTPUTS = ("output", "expected_output", "stdout")
_FUNCTION_KINDS = frozenset({"functional", "function_call"})
_NAMED = re.compile(r"\s*[A-Za-z_]\w*\s*=(?!=)")
_NUMBER_KEYS = "dict[int, object]"
"""The type of an argument whose keys are numbers, which JSON writes as text."""


@dataclass(frozen=True, slots=True)
class RawTests:
    """Tests as their source has them. ``form`` is ``text`` for standard input and output, ``named`` for arguments such
    as ``nums = [1, 2], k = 3``, ``lines`` for one JSON value on a line for each argument, ``values`` for lists of
    arguments."""

    form: Form
    inputs: Sequence[Any]
    outputs: Sequence[Any]
    function: str = ""
    """The function's name, for forms other than ``text``."""

    def to_json(self) -> dict[str, Any]:
        """Return the tests as JSON."""
        return {"form": self.form, "inputs": self.inputs, "outputs": self.outputs, "function": self.function}

    def suite_fields(self) -> dict[str, Any]:
        """Return the fields of a suite with these tests.

        Raises:
            UnknownTests: an input or output is not of the form.
        """
        if self.form == "text":
            return {"mode": "stdio", "tests": _tests(map(_text, self.inputs), map(_text, self.outputs))}
        if self.form == "named":
            raise UnknownTests("arguments are written by name, without the function's signature")
        fields = {"mode": "function", "function": {"name": self.function}}
        if self.form == "lines":
            outputs = (parse_json(each) if isinstance(each, str) else each for each in self.outputs)
            return {**fields, "tests": _tests(map(_arguments_of_lines, self.inputs), outputs)}
        return {**fields, **_of_values(self)}


def of_columns(inputs: Any, outputs: Any, function: str) -> RawTests:
    """Read tests from lists of inputs and outputs, or from the JSON text of such lists (rStar-Coder).

    A program's input or output is text; a list is read as its lines. A function's input is the list of arguments, or
    LiveCodeBench's text with one JSON value on a line; its output is a value, or LiveCodeBench's JSON text.

    Raises:
        UnknownTests: there are not as many outputs as inputs, or none; or some inputs are texts and some are not.
    """
    inputs, outputs = (parse_json(each) if isinstance(each, str) else each for each in (inputs, outputs))
    if not (isinstance(inputs, list) and isinstance(outputs, list)):
        raise UnknownTests(f"inputs and outputs are lists, not {shown(inputs)} and {shown(outputs)}")
    if not inputs and not outputs:
        raise NoTests("0 inputs and 0 outputs")
    if len(inputs) != len(outputs):
        raise UnknownTests(f"{len(inputs)} inputs and {len(outputs)} outputs")
    if not function:
        return RawTests("text", inputs, outputs)
    written = {isinstance(each, str) for each in inputs}
    if len(written) > 1:
        raise UnknownTests("some inputs of the function are texts, some are lists of arguments")
    return RawTests("lines" if written == {True} else "values", inputs, outputs, function)


def of_cases(cases: Sequence[Any], function: str) -> RawTests:
    """Read tests from a list of dicts, each an input and an output (``stdin`` and ``stdout``, ``expected_output``).

    The function's name is the one that they all have (PRIME's ``fn_name``, LiveCodeBench's ``metadata.func_name``),
    else ``function``.

    Raises:
        UnknownTests: one has no input or output, they call several functions, or no name is known of a function.
    """
    inputs, outputs, names, kinds = [], [], set(), set()
    for number, case in enumerate(cases):
        if not isinstance(case, Mapping):
            raise UnknownTests(f"test {number} has no input and output: {shown(case)}")
        inputs.append(_side(case, _INPUTS, number))
        outputs.append(_side(case, _OUTPUTS, number))
        names.add(function_name(case))
        kinds.add(str(case.get("testtype") or case.get("type") or ""))
    if len(names) > 1:
        raise UnknownTests(f"the tests call several functions: {sorted(names)}")
    functional = bool(kinds & _FUNCTION_KINDS)
    if functional and not kinds <= _FUNCTION_KINDS:
        raise UnknownTests(f"tests of several kinds: {sorted(kinds)}")
    name = names.pop() or (function if functional else "")
    if functional and not name:
        raise UnknownTests('tests of a function need its name: {"inputs": [...], "outputs": [...], "fn_name": ...}')
    if not name and kinds == {""} and all(isinstance(each, str) and _NAMED.match(each) for each in inputs):
        raise UnknownTests(
            "arguments are written by name, as LeetCodeDataset does; give the row's test and entry_point"
        )
    if "function_call" in kinds:
        inputs = [parse_json(each) if isinstance(each, str) else each for each in inputs]
    return of_columns(inputs, outputs, name)


def is_case(value: Any) -> bool:
    """Tell whether a value is a test with an input and an output."""
    return isinstance(value, Mapping) and any(n in value for n in _INPUTS) and any(n in value for n in _OUTPUTS)


def function_name(row: Mapping[str, Any]) -> str:
    """Return the function that a row or a test names, "" if it names none.

    Raises:
        UnknownTests: it is the method of a class that is not ``Solution``.
    """
    metadata = row.get("metadata")
    if isinstance(metadata, str):
        metadata = _dict_in(metadata)
    inner = metadata if isinstance(metadata, Mapping) else {}
    names = (source.get(key) for source in (row, inner) for key in ("fn_name", "func_name", "function_name"))
    name = next((each for each in names if isinstance(each, str) and each), "")
    owner = row.get("class_name")
    if name and owner and owner != "Solution":
        raise UnknownTests(f"{name} is a method of the class {owner!r}; the service calls those of Solution")
    return name


def _dict_in(text: str) -> Any:
    try:
        return parse_literal(text) if "func" in text else None
    except UnknownTests:  # a note in words
        return None


def are_wrapped(outputs: Sequence[Any]) -> bool:
    """Tell whether every output is a list of one value, as APPS writes results."""
    return len(outputs) > 0 and all(isinstance(each, list) and len(each) == 1 for each in outputs)


def _side(case: Mapping[str, Any], names: Sequence[str], number: int) -> Any:
    name = next((each for each in names if each in case), None)
    if name is None:
        raise UnknownTests(f"test {number} has no input and output: {shown(case)}")
    match case[name]:
        case {"stdin": text, **rest} | {"stdout": text, **rest} if not rest:  # SandboxFusion's
            return text
        case value:
            return value


def _tests(inputs: Any, outputs: Any) -> list[dict[str, Any]]:
    return [{"input": value, "output": expected} for value, expected in zip(inputs, outputs, strict=True)]


def _of_values(raw: RawTests) -> dict[str, Any]:
    """Return tests and checker by the rule of APPS' own testing_util.py, which TACO and PRIME copied.

    A result is right if it equals the output, or its first element where the output is a list; here that holds only
    if every output is a list of one value, since else a part of a list would pass for the whole. Keys of an only
    argument that are numbers become numbers.
    """
    fields: dict[str, Any] = {"tests": _tests(raw.inputs, raw.outputs)}
    if are_wrapped(raw.outputs):
        fields["tests"] = _tests(raw.inputs, ([output, output[0]] for output in raw.outputs))
        fields["checker"] = {"kind": "any_of"}
    if any(map(_has_number_keys, raw.inputs)):
        if not all(_has_number_keys(each) or each == [{}] for each in raw.inputs):
            raise UnknownTests(
                "some tests pass an only dict whose keys are numbers, which JSON writes as text, others not"
            )
        fields["function"] = {"name": raw.function, "types": {"params": [_NUMBER_KEYS]}}
    return fields


def _has_number_keys(arguments: Any) -> bool:
    match arguments:
        case [dict(only)] if only:
            return all(re.fullmatch(r"\s*[+-]?\d+\s*", str(key)) for key in only)
    return False


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        if isinstance(value, list) and all(map(_is_line, value)):
            return "\n".join(map(str, value))
        if _is_line(value):
            return str(value)
    except ValueError as error:  # an integer with more digits than Python converts to text
        raise UnknownTests(f"an input or output: {error}") from error
    raise UnknownTests(
        f"an input or output of a program is text or a list of its lines, not {shown(value)}; tests of a function need "
        'its name, "fn_name"'
    )


def _is_line(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _arguments_of_lines(text: str) -> list[Any]:
    return [parse_json(line) for line in text.split("\n") if line.strip()]
