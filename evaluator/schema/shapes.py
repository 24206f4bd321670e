"""Conversion of data sets' tests to suites: stored suites, lists of inputs and outputs, assertions, HumanEval's check.

``suite_of`` recognises the shape of a value; use one of the others if you know it. Limits and checker are the service's
defaults (tokens for text, equal JSON values for functions) unless you pass others.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from threading import Lock
from typing import Any

from evaluator.schema.base import to_bytes
from evaluator.schema.suite import Suite

_PARSED = 64


class UnknownTests(ValueError):
    """A data set's row has no tests in a known shape."""


def suite_of(value: Any, **fields: Any) -> Suite:
    """Convert a data set's column to a suite: a ``Suite``, or one of these as a dict, a list or JSON text:

    - a suite: ``{"mode": ..., "tests": ...}``
    - ``{"inputs": [...], "outputs": [...], "fn_name"?: ...}`` (LiveCodeBench's samples, PRIME, verl, APPS, TACO)
    - ``[{"input": ..., "output": ...}, ...]`` (rLLM, Codeforces), or that under ``test_cases`` or ``tests``
    - ``{"test_list": [...], "test_setup_code"?: ..., "test_imports"?: [...]}`` or ``["assert ...", ...]`` (MBPP)
    - ``{"test": "def check(candidate): ...", "entry_point": ...}`` (HumanEval; LeetCodeDataset, BigCodeBench)
    - ``{"test": ..., "solution": ...}`` (KodCode), ``{"test": ..., "solution_code": ...}`` (ClassEval)

    If the tests are code and the row has the data set's own solution too, that becomes the suite's reference.

    Arrow, and so Hugging Face's data sets and Parquet, gives every dict of a column the fields of all others, with null
    for those that a dict lacks. So:

    - a null field of the suite, of its parts or of a test counts as absent, and so does a part that is all nulls;
    - a null in a list is a value, and so is a null that is the whole of a function's ``input`` or ``output``;
    - a null field of an object inside an ``input`` or ``output`` is a value in JSON text; in a dict it could be either,
      and is refused.

    Args:
        fields: fields of the suite, such as ``limits={"cpu_s": 10}``; they override those in the value.
    Raises:
        UnknownTests: the value has none of these shapes, or a null in it is ambiguous.
        pydantic.ValidationError: it has one of these shapes, but is no valid suite.
    """
    if isinstance(value, Suite):
        return value if not fields else Suite.model_validate({**value.model_dump(exclude_unset=True), **fields})
    try:
        if isinstance(value, str | bytes):
            return _parsed.get(value, fields)
        plain = _plain(value)
        _refuse_unsure_nulls(plain)
        return _of_plain(plain, fields)
    except RecursionError:
        raise UnknownTests(f"it nests too deeply: {_shown(value)}") from None


def _of_plain(value: Any, fields: Mapping[str, Any]) -> Suite:
    match value := _without_nulls(value):
        case {"mode": str()}:
            return Suite.model_validate({**value, **fields})
        case {"inputs": [*_], "outputs": [*_]}:
            return from_inputs_outputs(value, **fields)
        case {"test_list": [*asserts]}:
            return from_asserts(asserts, setup=_setup(value), reference=reference_of(value), **fields)
        case {"test": str(code), "entry_point": str(name)}:
            return from_check(code, name, reference=reference_of(value), **fields)
        case {"test": str(code), "solution": str()} | {"test": str(code), "solution_code": str()}:
            return _of_code({"test_code": code}, reference_of(value), fields)
        case {"test_cases": str(text) | bytes(text)} | {"tests": str(text) | bytes(text)}:
            return _parsed.get(text, fields)
        case {"test_cases": tests} | {"tests": tests}:
            return _of_plain(tests, fields)
        case [str(), *_]:
            return from_asserts(value, **fields)
        case [{"input": _, "output": _}, *_]:
            return from_inputs_outputs(_columns(value), **fields)
        case _:
            raise UnknownTests(f"no suite can be made of {_shown(value)}; suite_of's description has the shapes known")


def from_inputs_outputs(tests: Mapping[str, Any], **fields: Any) -> Suite:
    """Make a suite of ``{"inputs": [...], "outputs": [...]}``: of a program's, or with ``"fn_name"`` of a function's.

    A program's input or output is text; a list is read as its lines. A function's input is the list of arguments, or
    LiveCodeBench's text with one JSON value on a line; its output is a value, or LiveCodeBench's JSON text. If every
    output is a list of one value, that value is the result (APPS and PRIME write results so).

    Raises:
        UnknownTests: there are not as many outputs as inputs, or none.
    """
    inputs, outputs, name = tests["inputs"], tests["outputs"], tests.get("fn_name")
    if not inputs or len(inputs) != len(outputs):
        raise UnknownTests(f"{len(inputs)} inputs and {len(outputs)} outputs")
    if not name:
        pairs = zip(map(_lines, inputs), map(_lines, outputs), strict=True)
        return _suite("stdio", pairs, fields)
    if not isinstance(outputs[0], str) and all(isinstance(output, list) and len(output) == 1 for output in outputs):
        outputs = [output[0] for output in outputs]
    written = all(isinstance(value, str) for value in inputs)  # then outputs are JSON text too, else plain values
    pairs = zip(map(_arguments, inputs), (_value(output, written) for output in outputs), strict=True)
    return _suite("function", pairs, {"function": {"name": name}, **fields})


def from_asserts(asserts: Sequence[str], *, setup: str = "", reference: str | None = None, **fields: Any) -> Suite:
    """Make a suite of assertions, each a test of its own (MBPP's ``test_list``), with ``setup`` before each.
    ``reference`` is a program that they accept."""
    if not all(isinstance(line, str) for line in asserts):
        raise UnknownTests(f"assertions are strings, not {_shown(next(x for x in asserts if not isinstance(x, str)))}")
    before = f"{setup}\n" if setup else ""
    tests = [{"test_code": before + line} for line in asserts]
    return _of_code({}, reference, {"tests": tests, **fields})


def _setup(row: Mapping[str, Any]) -> str:
    """Return the code that MBPP's assertions need before them."""
    imports, code = row.get("test_imports", []), row.get("test_setup_code", "")
    if not (isinstance(imports, list) and isinstance(code, str) and all(isinstance(line, str) for line in imports)):
        raise UnknownTests("test_imports is a list of strings, and test_setup_code a string")
    return "\n".join(filter(None, [*imports, code]))


def from_check(test_code: str, entry_point: str, *, reference: str | None = None, **fields: Any) -> Suite:
    """Make a suite of HumanEval's ``check(candidate)``. ``reference`` is a program that it accepts."""
    return _of_code({"test_code": test_code, "entry_point": entry_point}, reference, fields)


def _of_code(program: Mapping[str, Any], reference: str | None, fields: Mapping[str, Any]) -> Suite:
    spec = dict(program) if reference is None else {**program, "reference": reference}
    return Suite.model_validate({"mode": "program", "program": spec, **fields})


def reference_of(row: Mapping[str, Any]) -> str | None:
    """Return the data set's own solution, a whole program, of a row whose tests are code. None if it has none."""
    match row:
        case {"code_prompt": str(prompt), "canonical_solution": str(rest)}:  # BigCodeBench
            return prompt + rest
        case {"prompt": str(prompt), "canonical_solution": str(rest)}:  # HumanEval
            return prompt + rest
        case {"prompt": str(prompt), "completion": str(solution)}:  # LeetCodeDataset
            return f"{prompt}\n{solution}"
        case {"solution_code": str(solution)}:  # ClassEval
            imports = row.get("import_statement") or []
            return "\n".join([*map(str, imports if isinstance(imports, list) else [imports]), solution])
        case {"test_list": _, "code": str(solution)} | {"solution": str(solution)}:  # MBPP; KodCode
            return solution
    return None


class _Parsed:
    """A cache of suites by their text: a group of completions, and every later epoch, repeat the same text."""

    def __init__(self) -> None:
        self._suites: OrderedDict[bytes, Suite] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str | bytes, fields: Mapping[str, Any]) -> Suite:
        data = to_bytes(text) if isinstance(text, str) else text
        key = sha256(data + repr(sorted(fields.items())).encode()).digest()
        with self._lock:
            if key in self._suites:
                self._suites.move_to_end(key)
                return self._suites[key]
        try:
            value = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UnknownTests(f"neither a suite nor JSON: {_shown(text)}") from error
        if isinstance(value, str | bytes):
            raise UnknownTests(f"JSON text inside JSON text: {_shown(value)}")
        suite = _of_plain(value, fields)
        with self._lock:
            self._suites[key] = suite
            while len(self._suites) > _PARSED:
                self._suites.popitem(last=False)
        return suite


_parsed = _Parsed()


def _suite(mode: str, pairs: Any, fields: Mapping[str, Any]) -> Suite:
    tests = [{"input": value, "output": expected} for value, expected in pairs]
    return Suite.model_validate({"mode": mode, "tests": tests, **fields})


def _columns(tests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Turn a list of tests into lists of inputs and outputs."""
    name = tests[0].get("fn_name")
    if tests[0].get("testtype") == "functional" and not name:
        raise UnknownTests('tests of a function need its name: {"inputs": [...], "outputs": [...], "fn_name": ...}')
    for number, test in enumerate(tests):
        if not (isinstance(test, Mapping) and "input" in test and "output" in test):
            raise UnknownTests(f"test {number} has no input and output: {_shown(test)}")
    columns: dict[str, Any] = {side: [test[side[:-1]] for test in tests] for side in ("inputs", "outputs")}
    return {**columns, "fn_name": name}


def _plain(value: Any) -> Any:
    """Replace, at any depth, the mappings and arrays of data frames by dicts and lists."""
    if isinstance(value, str):
        return str(value)  # numpy has a string type of its own
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist()) if hasattr(value, "__len__") else value.tolist()
    return list(map(_plain, value)) if isinstance(value, list | tuple) else value


_VALUES = frozenset({"input", "output", "inputs", "outputs"})
"""Fields with values of tests, in which null is a value."""


def _without_nulls(value: Any) -> Any:
    """Drop the fields that are null, except those with values of tests."""
    if isinstance(value, list):
        return list(map(_without_nulls, value))
    if not isinstance(value, dict):
        return value
    return {
        name: each if name in _VALUES else _without_nulls(each)
        for name, each in value.items()
        if name in _VALUES or not _is_nothing(each)
    }


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and value != {} and all(map(_is_nothing, value.values())))


def _refuse_unsure_nulls(value: Any, where: str = "", *, inside: bool = False) -> None:
    """Refuse null fields of objects inside a test's value.

    Raises:
        UnknownTests: there is one.
    """
    if isinstance(value, list):
        for number, each in enumerate(value):
            _refuse_unsure_nulls(each, f"{where}[{number}]", inside=inside)
    elif isinstance(value, dict):
        for name, each in value.items():
            place = f"{where}.{name}" if where else str(name)
            if inside and each is None:
                raise UnknownTests(
                    f"{place} is null: a value, or a field that Arrow added because another row has it; store suites "
                    "as JSON text, which tells the two apart"
                )
            _refuse_unsure_nulls(each, place, inside=inside or name in _VALUES)


def _lines(text: Any) -> str:
    if isinstance(text, str):
        return text
    try:
        return "\n".join(map(str, text)) if isinstance(text, list) else str(text)
    except ValueError as error:  # an integer with more digits than Python converts to text
        raise UnknownTests(f"an input or output: {error}") from error


def _arguments(value: Any) -> Any:
    if isinstance(value, str):
        return [_value(line, True) for line in value.split("\n") if line.strip()]
    return value


def _value(value: Any, written: bool) -> Any:
    if not (written and isinstance(value, str)):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise UnknownTests(f"not a JSON value: {_shown(value)}") from error


def _shown(value: Any) -> str:
    try:
        if isinstance(value, Mapping):
            return f"a mapping with {sorted(map(str, value))[:10]}"
        return f"{type(value).__name__} {repr(value)[:100]}"
    except (ValueError, RecursionError):  # numbers of very many digits, lists in very many lists
        return f"a {type(value).__name__}"
