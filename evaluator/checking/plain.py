"""Conversion of a function's result, in the form in which it left the jail, to plain JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from pydantic import JsonValue

from evaluator.harness.values import NotPlain

_LISTS = frozenset({"tuple", "list", "deque", "keys", "items"})
_SETS = frozenset({"set", "frozenset"})


def plain(form: Any, *, sets: bool = False) -> JsonValue:
    """Convert a form to JSON. Tuples, deques, ranges and arrays become lists at every depth, and numpy's numbers become
    numbers; sets become lists only with ``sets``.

    Raises:
        NotPlain: JSON has no form for it, or it is no form at all.
    """
    try:
        return _plain(form, sets)
    except NotPlain:
        raise
    except RecursionError:
        raise NotPlain("value that nests too deeply") from None
    except Exception:  # a program may have written the form itself
        raise NotPlain("value that cannot be understood") from None


def numbers_in_ranges(form: Any) -> float:
    """Count the numbers that all ranges in a form stand for. ``plain`` writes them out; the form itself is small."""
    count: float = 0
    waiting = [form]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict) and each.get("type") == "range":
            count += _length_of_range(each.get("value"))
        elif isinstance(each, dict):
            waiting += each.values()
    return count


def _length_of_range(value: Any) -> float:
    try:
        return len(range(*value))
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return 0  # no range


def _plain(form: Any, sets: bool) -> JsonValue:
    if isinstance(form, list):
        return [_plain(element, sets) for element in form]
    if not isinstance(form, dict):
        return form  # type: ignore[no-any-return]
    name, value = form["type"], form["value"]
    if name in _LISTS or (sets and name in _SETS):
        return [_plain(element, sets) for element in value]
    match name:
        case "int":
            return int(value, 16)
        case "range":
            return list(range(*value))
        case "namedtuple":
            return [_plain(element, sets) for element in value[2]]
        case "array":
            return _plain(value[1], sets)
        case "dict" | "counter":
            members = {_key(key): _plain(element, sets) for key, element in value}
            if len(members) != len(value):
                raise NotPlain("dict with two keys that JSON writes alike")
            return members
    raise NotPlain(str(name))


def _key(form: Any) -> str:
    """Return a dictionary's key as JSON has it: a string. Numbers are written out."""
    if isinstance(form, str):
        return form
    if form is None or isinstance(form, bool | int | float):
        return json.dumps(form)
    if isinstance(form, dict) and form["type"] == "int":
        return str(int(form["value"], 16))
    raise NotPlain("dict with a key that is neither text nor a number")
