"""Forms of the standard library's types."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import importlib
import pathlib
import sys
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NoReturn

from evaluator.forms.registry import (
    BadForm,
    CustomEquality,
    Encoder,
    Form,
    Opaque,
    Raised,
    Read,
    Write,
    decode_form,
    decode_forms,
    own_form,
    parts_reader,
    parts_writer,
    qualified_name,
    register,
    register_readers,
    text_reader,
    text_writer,
)  # fmt: skip

_MIN_KEYS_LOOKED_AT: Final = 64
"""Fewer keys that collide cost nothing."""
_LIBRARIES: Final = frozenset({"numpy", "pandas"})
"""Modules whose classes are told by name too."""


def _sequence(name: str, iterate: Callable[[Any], Iterable[Any]]) -> Write:
    return lambda encoder, value, depth: (name, encoder.elements(iterate(value), depth))


def _mapping(name: str) -> Write:
    return lambda encoder, value, depth: (name, encoder.pairs(dict.items(value), depth))


def _list(encoder: Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    return None, encoder.elements(list.__iter__(value), depth)


def _deque(encoder: Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    elements = encoder.elements(collections.deque.__iter__(value), depth)
    return "deque", [elements, collections.deque.maxlen.__get__(value)]


def _time_zone(zone: Any) -> Any:
    """Plain values that tell a time zone: None, an offset, or a name of the zone data base."""
    if zone is None:
        return None
    if type(zone) is datetime.timezone:
        return datetime.timezone.utcoffset(zone, None)
    if type(zone).__module__ == "zoneinfo" and type(zone) is vars(sys.modules["zoneinfo"])["ZoneInfo"]:
        return str(zone.key)
    raise TypeError("a time zone of its own")


def _moment(value: datetime.datetime) -> Sequence[Any]:
    of = datetime.datetime
    naive = of.replace(value, tzinfo=None)
    return [of.isoformat(naive), of.fold.__get__(value), _time_zone(of.tzinfo.__get__(value))]


def _time(value: datetime.time) -> Sequence[Any]:
    of = datetime.time
    naive = of.replace(value, tzinfo=None)
    return [of.isoformat(naive), of.fold.__get__(value), _time_zone(of.tzinfo.__get__(value))]


def _timedelta(value: datetime.timedelta) -> Sequence[Any]:
    of = datetime.timedelta
    return [of.days.__get__(value), of.seconds.__get__(value), of.microseconds.__get__(value)]


_numerator, _denominator = (vars(fractions.Fraction)[name].__get__ for name in ("_numerator", "_denominator"))
_uuid = vars(uuid.UUID)["int"].__get__


def _singleton(encoder: Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    return "singleton", repr(value)


def _library(encoder: Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    """A class: the standard library's by its name, any other is an object."""
    module, name = _module_of(value), qualified_name(value)
    if _of_library(module, name) is value:
        return "library", [module, name]
    return None, {"object": [f"class {name}", None]}


_module = type.__dict__["__module__"].__get__


def _module_of(kind: type) -> str:
    """The name of the module that a class says it is of."""
    module = _module(kind)
    return module if type(module) is str else ""


def _of_library(module: str, name: str) -> Any:
    """Look up a name in a module of the standard library, if that is imported."""
    top = module.partition(".")[0]
    if (top not in sys.stdlib_module_names and module not in _LIBRARIES) or module not in sys.modules:
        return None
    return vars(sys.modules[module]).get(name)


def _member(encoder: Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    """A member of an enumeration: the standard library's by its name, any other is an object."""
    kind = type(value)
    module, name = _module_of(kind), qualified_name(kind)
    if _of_library(module, name) is kind:
        return "member", [module, name, object.__getattribute__(value, "_name_")]
    return None, own_form(value)


def _parts_of_object(encoder: Encoder, value: Opaque, depth: int) -> tuple[str | None, Form]:
    return "own" if type(value) is CustomEquality else "object", [value.name, value.truth]


def register_types() -> None:
    """Register them, each after those that are derived from it."""
    register_readers(_READERS)
    register(bool, lambda encoder, value, depth: (None, bool(value)))
    register(collections.Counter, _mapping("Counter"))
    register(collections.OrderedDict, _mapping("OrderedDict"))
    register(collections.defaultdict, _mapping("dict"))
    register(dict, _mapping("dict"))
    register(list, _list)
    register(tuple, _sequence("tuple", tuple.__iter__))
    register(set, _sequence("set", set.__iter__))
    register(frozenset, _sequence("frozenset", frozenset.__iter__))
    register(collections.deque, _deque)
    register(int, lambda encoder, value, depth: (None, encoder.form(int.__index__(value), depth)))
    register(float, lambda encoder, value, depth: (None, encoder.form(float.__float__(value), depth)))
    register(str, lambda encoder, value, depth: (None, encoder.text(str.__str__(value))))
    register(bytes, lambda encoder, value, depth: ("bytes", encoder.bytes(bytes.__getitem__(value, slice(None)))))
    register(bytearray, lambda encoder, value, depth: ("bytearray", encoder.bytes(bytes(memoryview(value)))))
    register(complex, parts_writer("complex", lambda value: [complex.real.__get__(value), complex.imag.__get__(value)]))
    register(range, parts_writer("range", lambda value: [value.start, value.stop, value.step]), derived=False)
    register(decimal.Decimal, text_writer("Decimal", decimal.Decimal.__str__))
    register(fractions.Fraction, parts_writer("Fraction", lambda value: [_numerator(value), _denominator(value)]))
    register(datetime.datetime, parts_writer("datetime", _moment))
    register(datetime.date, text_writer("date", datetime.date.isoformat))
    register(datetime.time, parts_writer("time", _time))
    register(datetime.timedelta, parts_writer("timedelta", _timedelta))
    register(datetime.timezone, parts_writer("timezone", lambda value: [_time_zone(value)]), derived=False)
    register(uuid.UUID, parts_writer("UUID", lambda value: [_uuid(value)]))
    for path in (pathlib.PosixPath, pathlib.PureWindowsPath, pathlib.PurePosixPath):
        register(path, text_writer(path.__name__, pathlib.PurePath.__str__))
    register(type({}.keys()), _sequence("keys", iter), derived=False)
    register(type({}.items()), _sequence("items", iter), derived=False)
    register(type(...), _singleton, derived=False)
    register(type(NotImplemented), _singleton, derived=False)
    register(type, _library)
    register(enum.EnumMeta, _library, derived=False)
    register(enum.Enum, _member)
    for kind in (Opaque, CustomEquality):  # an object's place in the process that it is not in
        register(kind, _parts_of_object, derived=False)


def _distinct(keys: list[Any]) -> list[Any]:
    """Return the keys, of which half may collide at most: to make a dictionary of more takes the square of the time."""
    if len(keys) > _MIN_KEYS_LOOKED_AT and 2 * len(set(map(hash, keys))) < len(keys):
        raise BadForm("the keys of a dictionary, or elements of a set, collide")
    return keys


def _dictionary(payload: Any) -> dict[Any, Any]:
    keys = _distinct([decode_form(key) for key, _ in payload])
    return dict(zip(keys, (decode_form(value) for _, value in payload), strict=True))


def _zone(form: Any) -> datetime.tzinfo | None:
    if form is None:
        return None
    if isinstance(form, str):
        zone: datetime.tzinfo = importlib.import_module("zoneinfo").ZoneInfo(form)
        return zone
    return datetime.timezone(form)


def _read_datetime(text: str, fold: int, zone: Any) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(fold=fold, tzinfo=_zone(zone))


def _read_time(text: str, fold: int, zone: Any) -> datetime.time:
    return datetime.time.fromisoformat(text).replace(fold=fold, tzinfo=_zone(zone))


def _read_uuid(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def _read_deque(payload: Any) -> Any:
    elements, most = payload
    return collections.deque(decode_forms(elements), most)


def _read_library(payload: Any) -> Any:
    module, name = payload
    if module in _LIBRARIES:
        importlib.import_module(module)
    value = _of_library(module, name)
    if not isinstance(value, type):
        raise BadForm(f"there is no class {module}.{name}")
    return value


def _read_member(payload: Any) -> Any:
    module, name, member = payload
    kind = _of_library(module, name)
    if not isinstance(kind, enum.EnumMeta):
        raise BadForm(f"there is no enumeration {module}.{name}")
    return kind.__members__[member]


def _object(kind: type[Opaque]) -> Read:
    def read(payload: Any) -> Opaque:
        name, truth = payload
        if type(name) is not str or not (truth is None or type(truth) is bool):
            raise BadForm("the form of an object has other parts")
        return kind(name, truth)

    return read


def _read_large(payload: Any) -> NoReturn:
    raise BadForm(f"the {str(payload)[:80]} is too large, or nests too deeply, to be compared")


_ZONE: Final = (datetime.timedelta, str, type(None))

_READERS: dict[str, Read] = {
    "tuple": lambda payload: tuple(decode_forms(payload)),
    "dict": _dictionary,
    "set": lambda payload: set(_distinct(decode_forms(payload))),
    "frozenset": lambda payload: frozenset(_distinct(decode_forms(payload))),
    "Counter": lambda payload: collections.Counter(_dictionary(payload)),
    "OrderedDict": lambda payload: collections.OrderedDict(_dictionary(payload)),
    "deque": _read_deque,
    "keys": lambda payload: dict.fromkeys(_distinct(decode_forms(payload))).keys(),
    "items": lambda payload: dict(decode_forms(payload)).items(),
    "int": lambda payload: int(payload, 16),
    "float": lambda payload: float(payload),
    "str": lambda payload: bytes.fromhex(payload).decode("utf-8", "surrogatepass"),
    "bytes": lambda payload: bytes.fromhex(payload),
    "bytearray": lambda payload: bytearray.fromhex(payload),
    "complex": parts_reader(complex, float, float),
    "range": parts_reader(range, int, int, int),
    "Decimal": text_reader(decimal.Decimal),
    "Fraction": parts_reader(fractions.Fraction, int, int),
    "datetime": parts_reader(_read_datetime, str, int, _ZONE),
    "date": text_reader(datetime.date.fromisoformat),
    "time": parts_reader(_read_time, str, int, _ZONE),
    "timedelta": parts_reader(datetime.timedelta, int, int, int),
    "timezone": parts_reader(_zone, datetime.timedelta),
    "UUID": parts_reader(_read_uuid, int),
    "PosixPath": text_reader(pathlib.PosixPath),
    "PurePosixPath": text_reader(pathlib.PurePosixPath),
    "PureWindowsPath": text_reader(pathlib.PureWindowsPath),
    "singleton": lambda payload: {"Ellipsis": ..., "NotImplemented": NotImplemented}[payload],
    "library": _read_library,
    "member": _read_member,
    "object": _object(Opaque),
    "own": _object(CustomEquality),
    "raised": lambda payload: Raised(tuple(map(str, payload))),
    "large": _read_large,
}
