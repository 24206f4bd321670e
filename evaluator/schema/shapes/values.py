"""Values as data frames, JSON and Python write them: lists and dicts, nulls that Arrow added, text to parse."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any

VALUES = frozenset({"input", "output", "inputs", "outputs"})
"""Fields with values of tests, in which null is a value."""
_SHOWN_CHARS = 100


class UnknownTests(ValueError):
    """A data set's row has no tests in a known shape."""


class NoTests(UnknownTests):
    """A row has a place for tests, and none there."""


def plain(value: Any) -> Any:
    """Replace, at any depth, the mappings and arrays of data frames by dicts and lists."""
    if isinstance(value, str):
        return str(value)  # numpy has a string type of its own
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist()) if hasattr(value, "__len__") else value.tolist()
    return list(map(plain, value)) if isinstance(value, list | tuple) else value


def is_empty(value: Any) -> bool:
    """Tell whether a column holds nothing: null, no text, no element, or a dict of nulls."""
    if value is None:
        return True
    if isinstance(value, Mapping):
        return all(map(is_null, value.values()))
    return hasattr(value, "__len__") and len(value) == 0


def is_null(value: Any) -> bool:
    """Tell whether a field is null, or a dict whose fields all are."""
    return value is None or (isinstance(value, Mapping) and len(value) > 0 and all(map(is_null, value.values())))


def without_nulls(value: Any) -> Any:
    """Drop the fields that are null, except those with values of tests."""
    if isinstance(value, list):
        return list(map(without_nulls, value))
    if not isinstance(value, dict):
        return value
    return {
        name: each if name in VALUES else without_nulls(each)
        for name, each in value.items()
        if name in VALUES or not is_null(each)
    }


def refuse_unsure_nulls(value: Any, where: str = "", *, inside: bool = False) -> None:
    """Refuse null fields of objects inside a test's value.

    Raises:
        UnknownTests: there is one.
    """
    if isinstance(value, list):
        for number, each in enumerate(value):
            refuse_unsure_nulls(each, f"{where}[{number}]", inside=inside)
    elif isinstance(value, dict):
        for name, each in value.items():
            place = f"{where}.{name}" if where else str(name)
            if inside and each is None:
                raise UnknownTests(
                    f"{place} is null: a value, or a field that Arrow added because another row has it; store suites "
                    "as JSON text, which tells the two apart"
                )
            refuse_unsure_nulls(each, place, inside=inside or name in VALUES)


def parse_json(text: str | bytes) -> Any:
    """Parse a text that is JSON.

    Raises:
        UnknownTests: it is not.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnknownTests(f"not JSON: {shown(text)}") from error


def parse_literal(text: str | bytes) -> Any:
    """Parse a text that is JSON, or a list or dict as Python writes it (SYNTHETIC-1's).

    Raises:
        UnknownTests: it is neither.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    written = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if written.lstrip()[:1] in ("{", "["):
        try:
            return ast.literal_eval(written.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            pass
    raise UnknownTests(f"neither a suite nor JSON: {shown(text)}")


def shown(value: Any) -> str:
    """Describe a value in few words."""
    try:
        if isinstance(value, Mapping):
            return f"a mapping with {sorted(map(str, value))[:10]}"
        return f"{type(value).__name__} {repr(value)[:_SHOWN_CHARS]}"
    except (ValueError, RecursionError):  # numbers of very many digits, lists in very many lists
        return f"a {type(value).__name__}"
