"""From a data set's row, or one of its columns, to a suite: finds the shape, the language and what the row states."""

from __future__ import annotations

import ast
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from threading import Lock
from typing import Any, Generic, TypeVar

from evaluator.schema.base import to_bytes
from evaluator.schema.shapes import code, pairs, stated
from evaluator.schema.shapes.pairs import RawTests
from evaluator.schema.shapes.published import SHAPES, RowShape
from evaluator.schema.shapes.values import (
    NoTests,
    UnknownTests,
    is_empty,
    parse_literal,
    plain,
    refuse_unsure_nulls,
    shown,
    without_nulls,
)
from evaluator.schema.suite import Suite

_CACHED = 64
_NESTED_TEXTS = 2
"""Levels of JSON text inside JSON text."""
_FIRST = ("suite", "suite_id", "reward_model", "reward_spec", "ground_truth", "verification_info", "info")
"""Columns that hold tests in any shape: of our exports, and of trainers."""
_LAST = ("tests", "test_cases", "label", "answer")
"""The same, but a row's other columns win over them."""
_STORED = "sha256:"
_LANGUAGE = ("language", "lang", "programming_language", "verification_info", "extra_info", "metadata", "info")
_CONTEXT = ("fn_name", "func_name", "function_name", "class_name", "metadata")
TEST_COLUMNS = tuple(dict.fromkeys([*_FIRST, *_LAST, *(name for shape in SHAPES for name in shape.columns)]))
"""Columns of which a row needs one."""
KNOWN_COLUMNS = tuple(
    dict.fromkeys([*TEST_COLUMNS, *_LANGUAGE, "input", "stdin", *(name for shape in SHAPES for name in shape.optional)])
)
"""All columns that are read."""


@dataclass(frozen=True, slots=True)
class RowTests:
    """The tests of a row.

    ``shape`` names what was recognised. ``content`` is a suite, the fields of one, the pairs of inputs and outputs as
    the source has them, or the id of a suite that the service has stored. ``stated`` are fields of the suite that the
    row states, ``language`` is the one that it names, None if it names none.
    """

    shape: str
    content: Suite | RawTests | Mapping[str, Any] | str
    stated: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    key: bytes | None = None
    """Names the content, so that equal rows share a suite."""

    @property
    def suite_id(self) -> str | None:
        """The id of a stored suite, None if the row has the tests themselves."""
        return self.content if isinstance(self.content, str) else None

    def suite(self, **fields: Any) -> Suite:
        """Make the suite; ``fields`` override those that the row has.

        Raises:
            UnknownTests: the row names a stored suite, or its tests cannot be converted.
            pydantic.ValidationError: it is no valid suite.
        """
        if self.key is None:
            return self._suite(fields)
        return _suites.get(self.key + repr(sorted(fields.items())).encode(), lambda: self._suite(fields))

    def _suite(self, fields: Mapping[str, Any]) -> Suite:
        content = self.content
        if isinstance(content, str):
            raise UnknownTests(f"{content} is the id of a stored suite, not tests")
        if isinstance(content, Suite):
            return content if not fields else Suite.model_validate({**content.model_dump(exclude_unset=True), **fields})
        own = content.suite_fields() if isinstance(content, RawTests) else content
        return Suite.model_validate({**self.stated, **own, **_around(own, fields)})


def _around(own: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Put a checker inside ``any_of`` if the tests list several outputs that are right."""
    several = own.get("checker") == {"kind": "any_of"} and own["mode"] == "function"
    checker = fields.get("checker")
    if not several or not isinstance(checker, Mapping) or checker.get("kind") == "any_of":
        return dict(fields)
    return {**fields, "checker": {"kind": "any_of", "checker": checker}}


def read_row(value: Any, row: Mapping[str, Any] | None = None) -> RowTests:
    """Find the tests in a row, or in one of its columns, as Python objects or as JSON text.

    Args:
        row: the whole row, if ``value`` is one of its columns: it may name the function and the language.
    Raises:
        UnknownTests: there are none in a known shape.
    """
    if isinstance(value, RowTests):
        return value
    around = _part(row) if row is not None else {}
    try:
        tests = _in_row(value, around)
    except RecursionError:
        raise UnknownTests(f"it nests too deeply: {shown(value)}") from None
    return _python_only(replace(tests, language=tests.language or stated.language_of(around)))


def _in_row(value: Any, row: Mapping[str, Any]) -> RowTests:
    if isinstance(value, Suite):
        return RowTests("a suite", value)
    if isinstance(value, str | bytes):
        return _of_text(value, _Place(row))
    return _of_value(_part(value), _Place(row), from_text=False)


def suite_of(value: Any, **fields: Any) -> Suite:
    """Convert a data set's row, or one of its columns, to a suite.

    ``docs/data-sets.md`` lists the shapes. If the tests are code and the row has the data set's own solution too,
    that becomes the suite's reference.

    Arrow, and so Hugging Face's data sets and Parquet, gives every dict of a column the fields of all others, with null
    for those that a dict lacks. So:

    - a null field of the suite, of its parts or of a test counts as absent, and so does a part that is all nulls;
    - a null in a list is a value, and so is a null that is the whole of a function's ``input`` or ``output``;
    - a null field of an object inside an ``input`` or ``output`` is a value in JSON text; in a dict it could be either,
      and is refused.

    Args:
        fields: fields of the suite, such as ``limits={"cpu_s": 10}``; they override those in the value.
    Raises:
        UnknownTests: the value has no known shape, or a null in it is ambiguous.
        pydantic.ValidationError: it has one, but is no valid suite.
    """
    return read_row(value).suite(**fields)


def from_inputs_outputs(tests: Mapping[str, Any], **fields: Any) -> Suite:
    """Make a suite of ``{"inputs": [...], "outputs": [...]}``: of a program's, or with ``"fn_name"`` of a function's.

    Raises:
        UnknownTests: there are not as many outputs as inputs, or none.
    """
    raw = pairs.of_columns(tests["inputs"], tests["outputs"], tests.get("fn_name") or "")
    return RowTests("inputs and outputs", raw).suite(**fields)


def _part(value: Any) -> Any:
    """Return the columns of a row that are read, as plain values, and of the others the names. A value that is no row
    stays whole."""
    if isinstance(value, Mapping) and not _is_suite(value) and any(name in value for name in KNOWN_COLUMNS):
        value = {name: value[name] if name in KNOWN_COLUMNS else None for name in value}
    return plain(value)


def _is_suite(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("mode"), str) and any(name in value for name in ("tests", "program", "interactor"))


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of a value in a row: ``row`` has the columns around it, ``depth`` counts the texts around it."""

    row: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0

    def key(self, value: Any) -> bytes | None:
        """Return a digest of a value and of what is read around it, None if it is no JSON."""
        around = {name: self.row[name] for name in _CONTEXT if name in self.row}
        data = to_bytes(value) if isinstance(value, str) else value if isinstance(value, bytes) else _json(value)
        end = _json(around)
        return None if data is None or end is None else sha256(sha256(data).digest() + end).digest()


def _json(value: Any) -> bytes | None:
    try:
        return json.dumps(value, sort_keys=True).encode()
    except (TypeError, ValueError):
        return None


def _of_text(text: str | bytes, place: _Place) -> RowTests:
    key = place.key(text)
    assert key is not None  # text has a digest
    return _rows.get(key, lambda: replace(_parse(text, place), key=key))


def _parse(text: str | bytes, place: _Place) -> RowTests:
    if isinstance(text, str) and text.startswith(_STORED):
        return RowTests("a stored suite", text)
    try:
        value = parse_literal(text)
    except UnknownTests:
        if isinstance(text, str) and _is_code(text):
            return RowTests("test code", code.of_code(text))
        raise
    if not isinstance(value, str | bytes):
        return _of_value(value, place, from_text=True)
    if place.depth == _NESTED_TEXTS:
        raise UnknownTests(f"JSON text inside JSON text: {shown(value)}")
    return _parse(value, replace(place, depth=place.depth + 1))


def _is_code(text: str) -> bool:
    if not code.is_test_code(text):
        return False
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _of_value(value: Any, place: _Place, *, from_text: bool) -> RowTests:
    if isinstance(value, dict):
        return _of_dict(value, place, from_text)
    if not from_text:
        refuse_unsure_nulls(value)
    match without_nulls(value):
        case [str(), *_] as asserts:
            return RowTests("assertions", code.of_asserts(asserts))
        case [first, *_] as cases if pairs.is_case(first):
            return RowTests("a list of tests", pairs.of_cases(cases, pairs.function_name(place.row)))
    raise UnknownTests(f"no suite can be made of {shown(value)}; docs/data-sets.md has the shapes known")


def _of_dict(value: dict[str, Any], place: _Place, from_text: bool) -> RowTests:
    if _is_suite(value):
        if not from_text:
            refuse_unsure_nulls(value)
        return RowTests("a suite", without_nulls(value))
    place = replace(place, row={**place.row, **value})
    if (name := _wrapper(value, _FIRST)) is not None:
        return _in_wrapper(value, name, place, from_text)
    if (shape := next((each for each in SHAPES if each.is_of(value)), None)) is not None:
        return _of_shape(shape, place.row, from_text)
    if (name := _wrapper(value, _LAST)) is not None:
        return _in_wrapper(value, name, place, from_text)
    columns = ", ".join(map(str, list(value)[:20])) or "nothing"
    if empty := [name for name in TEST_COLUMNS if name in value]:
        raise NoTests(f"there are no tests in {', '.join(empty)}; it has: {columns}")
    raise UnknownTests(f"a row needs its tests in a known shape, such as a column suite; it has: {columns}")


def _wrapper(row: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if _may_hold_tests(row.get(name))), None)


def _may_hold_tests(value: Any) -> bool:
    if isinstance(value, Mapping):
        return _is_suite(value) or pairs.is_case(value) or any(not is_empty(value.get(name)) for name in TEST_COLUMNS)
    return not is_empty(value)


def _in_wrapper(value: dict[str, Any], name: str, place: _Place, from_text: bool) -> RowTests:
    inner = value[name]
    try:
        if isinstance(inner, Suite):
            tests = RowTests("a suite", inner)
        elif isinstance(inner, str | bytes):
            tests = _of_text(inner, place)
        else:
            tests = _of_value(inner, place, from_text=from_text)
    except UnknownTests as error:
        raise type(error)(f"{name}: {error}") from error
    return replace(tests, language=tests.language or stated.language_of(value))


def _of_shape(shape: RowShape, row: Mapping[str, Any], from_text: bool) -> RowTests:
    part = {name: row[name] for name in (*shape.columns, *shape.optional) if not is_empty(row.get(name))}
    if not from_text:
        refuse_unsure_nulls(part)

    def read() -> RowTests:
        limits = stated.looser_limits(part)
        return RowTests(shape.name, shape.read(part), {"limits": limits} if limits else {}, key=key)

    key = _Place().key(part)
    tests = read() if key is None else _rows.get(key, read)
    return replace(tests, language=stated.language_of(row))


def _python_only(tests: RowTests) -> RowTests:
    """Refuse tests that are Python for programs that are not."""
    content = tests.content
    program = isinstance(content, Mapping) and content.get("mode") == "program" and tests.shape != "a suite"
    if program and not stated.is_python(tests.language):
        raise UnknownTests(f"the tests are Python, and the row says that programs are {tests.language}")
    return tests


_Value = TypeVar("_Value")


class _Cache(Generic[_Value]):
    """A cache of the last values: a group of completions, and every later epoch, repeat the same tests."""

    def __init__(self) -> None:
        self._values: OrderedDict[bytes, _Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes, make: Callable[[], _Value]) -> _Value:
        """Return the value of a key, made now if it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > _CACHED:
                self._values.popitem(last=False)
        return value


_rows: _Cache[RowTests] = _Cache()
_suites: _Cache[Suite] = _Cache()
