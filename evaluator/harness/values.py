"""Values that cross the wall of a jail, type by type: what JSON has a form for as it is, the rest tagged.

A tagged value is ``{"type": name, "value": ...}``. Types are told by exact class, and a subclass by its base's own
methods, so that nothing of a submission's class is ever called: an ``__eq__``, ``__iter__`` or ``__reduce__`` of its
own is not asked.
"""

from __future__ import annotations

import base64
import collections
import datetime
import decimal
import fractions
import importlib
import math
import re
import sys
from collections.abc import Callable
from typing import Any

_PLAIN_DTYPE = re.compile(r"[<>|=][biufc]\d{1,2}")
_LARGEST_JSON_INTEGER = 1 << 1024
"""Beyond it an integer is written in hexadecimal: decimal digits cost the square of their number."""


class NotPlain(Exception):
    """A value that has no form on the wire; the message names its type."""


Other = Callable[[Any], Any]
"""Gives the form of a value that has none of its own, or raises ``NotPlain``."""


def refuse(value: Any) -> Any:
    """No other value crosses."""
    raise NotPlain(type(value).__name__)


def encode(value: Any, other: Other = refuse) -> Any:
    """The form of a value for JSON.

    Raises:
        NotPlain: it, or something in it, has none, or it nests too deeply.
    """
    try:
        return _encode(value, other)
    except RecursionError:
        raise NotPlain("value that nests too deeply") from None


def decode(form: Any, other: Other = refuse) -> Any:
    """The value of a form. The form may be anything that JSON can say: it comes from a submission's process.

    Raises:
        NotPlain: it is none that ``encode`` makes.
    """
    try:
        return _decode(form, other)
    except RecursionError:
        raise NotPlain("value that nests too deeply") from None
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise NotPlain(f"form that means nothing: {type(error).__name__}") from None


def tagged(name: str, value: Any) -> dict[str, Any]:
    """A form that is not JSON's own."""
    return {"type": name, "value": value}


def _encode(value: Any, other: Other) -> Any:
    kind = type(value)
    if value is None or kind is bool or kind is str or kind is float:
        return value
    if kind is int:
        return value if -_LARGEST_JSON_INTEGER < value < _LARGEST_JSON_INTEGER else tagged("int", hex(value))
    if kind is list:
        return [_encode(element, other) for element in value]
    if kind in _SEQUENCES:
        return tagged(_SEQUENCES[kind], [_encode(element, other) for element in value])
    for base, encode_base in _BASES:
        if issubclass(kind, base):
            return encode_base(value, other)
    if _of_numpy(kind):
        return _encode_numpy(value, other)
    return other(value)


_SEQUENCES: dict[type, str] = {tuple: "tuple", set: "set", frozenset: "frozenset", collections.deque: "deque"}


def _pairs(value: Any, other: Other) -> Any:
    name = "counter" if isinstance(value, collections.Counter) else "dict"
    return tagged(name, [[_encode(key, other), _encode(element, other)] for key, element in dict.items(value)])


def _elements(name: str, iterate: Callable[[Any], Any]) -> Callable[[Any, Other], Any]:
    return lambda value, other: tagged(name, [_encode(element, other) for element in iterate(value)])


def _tuple(value: Any, other: Other) -> Any:
    elements = [_encode(element, other) for element in tuple.__iter__(value)]
    names = getattr(type(value), "_fields", None)
    if type(names) is tuple and len(names) == len(elements) and all(type(name) is str for name in names):
        return tagged("namedtuple", [type(value).__name__, list(names), elements])
    return tagged("tuple", elements)


_BASES: tuple[tuple[type, Callable[[Any, Other], Any]], ...] = (
    (bool, lambda value, other: bool(value)),
    (int, lambda value, other: _encode(int.__int__(value), other)),
    (float, lambda value, other: float.__float__(value)),
    (str, lambda value, other: str.__str__(value)),
    (dict, _pairs),
    (list, lambda value, other: [_encode(element, other) for element in list.__iter__(value)]),
    (tuple, _tuple),
    (frozenset, _elements("frozenset", frozenset.__iter__)),
    (set, _elements("set", set.__iter__)),
    (collections.deque, _elements("deque", collections.deque.__iter__)),
    (bytes, lambda value, other: tagged("bytes", base64.b64encode(value).decode())),
    (bytearray, lambda value, other: tagged("bytearray", base64.b64encode(value).decode())),
    (complex, lambda value, other: tagged("complex", [complex.real.__get__(value), complex.imag.__get__(value)])),
    (decimal.Decimal, lambda value, other: tagged("decimal", decimal.Decimal.__str__(value))),
    (fractions.Fraction, lambda value, other: tagged("fraction", fractions.Fraction.__str__(value))),
    (datetime.datetime, lambda value, other: tagged("datetime", datetime.datetime.isoformat(value))),
    (datetime.date, lambda value, other: tagged("date", datetime.date.isoformat(value))),
    (datetime.time, lambda value, other: tagged("time", datetime.time.isoformat(value))),
    (datetime.timedelta, lambda value, other: tagged("timedelta", [value.days, value.seconds, value.microseconds])),
    (range, lambda value, other: tagged("range", [value.start, value.stop, value.step])),
    (type({}.keys()), _elements("keys", iter)),
    (type({}.values()), _elements("list", iter)),
    (type({}.items()), _elements("items", iter)),
)


def _of_numpy(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "numpy" and "numpy" in sys.modules


def _encode_numpy(value: Any, other: Other) -> Any:
    """Scalars and arrays by value, as ``tolist`` gives them."""
    numpy = sys.modules["numpy"]
    if isinstance(value, numpy.generic):
        return _encode(value.item(), other) if not isinstance(value.item(), numpy.generic) else other(value)
    if isinstance(value, numpy.ndarray):
        return tagged("array", [value.dtype.str, _encode(value.tolist(), other)])
    return other(value)


def _decode(form: Any, other: Other) -> Any:
    if isinstance(form, list):
        return [_decode(element, other) for element in form]
    if not isinstance(form, dict):
        return form
    name = form["type"]
    return _DECODERS[name](form["value"], other) if name in _DECODERS else other(form)


def _into(make: Callable[[list[Any]], Any]) -> Callable[[Any, Other], Any]:
    return lambda value, other: make([_decode(element, other) for element in value])


def _namedtuple(value: Any, other: Other) -> Any:
    name, fields, elements = value
    return collections.namedtuple(name, fields)(*(_decode(element, other) for element in elements))


def _array(value: Any, other: Other) -> Any:
    dtype, elements = value
    try:
        numpy = importlib.import_module("numpy")  # the submissions' environment has it, or not
    except ImportError:
        return _decode(elements, other)
    return numpy.array(_decode(elements, other), dtype=dtype if _PLAIN_DTYPE.fullmatch(dtype) else None)


_DECODERS: dict[str, Callable[[Any, Other], Any]] = {
    "int": lambda value, other: int(value, 16),
    "tuple": _into(tuple),
    "list": _into(list),
    "set": _into(set),
    "frozenset": _into(frozenset),
    "deque": _into(collections.deque),
    "namedtuple": lambda value, other: _namedtuple(value, other),
    "counter": lambda value, other: collections.Counter(_DECODERS["dict"](value, other)),
    "keys": lambda value, other: dict.fromkeys(_decode(element, other) for element in value).keys(),
    "items": lambda value, other: dict(_decode(element, other) for element in value).items(),
    "range": lambda value, other: range(*value),
    "array": lambda value, other: _array(value, other),
    "dict": lambda value, other: {_decode(key, other): _decode(element, other) for key, element in value},
    "bytes": lambda value, other: base64.b64decode(value),
    "bytearray": lambda value, other: bytearray(base64.b64decode(value)),
    "complex": lambda value, other: complex(*value),
    "decimal": lambda value, other: decimal.Decimal(value),
    "fraction": lambda value, other: fractions.Fraction(*map(int, value.split("/"))),
    "datetime": lambda value, other: datetime.datetime.fromisoformat(value),
    "date": lambda value, other: datetime.date.fromisoformat(value),
    "time": lambda value, other: datetime.time.fromisoformat(value),
    "timedelta": lambda value, other: datetime.timedelta(*value),
}


def same(got: Any, want: Any) -> bool:
    """Tell whether two forms are the same, NaN for NaN."""
    if isinstance(got, float) and isinstance(want, float) and math.isnan(got) and math.isnan(want):
        return True
    if isinstance(got, list) and isinstance(want, list):
        return len(got) == len(want) and all(map(same, got, want))
    if isinstance(got, dict) and isinstance(want, dict):
        return got.keys() == want.keys() and all(same(got[key], want[key]) for key in got)
    return type(got) is type(want) and bool(got == want)
