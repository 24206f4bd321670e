"""Forms of values: JSON that says what a value is, type by type, and from which an equal value is made again.

What JSON has is its own form (``None``, bool, str, int, float, list). Anything else is an object of one key, the name
of its type: ``{"tuple": [1, 2]}``. An instance of a subclass counts as an instance of the plain type unless it
overrides what a comparison would use; then, as any other object, it is ``own``, and of it only its truth crosses.

``encode`` runs beside a submission. It tells types by ``type`` and reads by the plain type's own methods, so that it
calls nothing that a submission defines, but ``bool`` where the truth is asked for. ``decode`` runs where nothing of the
submission's is: it takes any JSON, and makes instances of library types only.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import importlib
import itertools
import math
import pathlib
import sys
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NoReturn

MAX_DEPTH: Final = 150
"""Nesting of values. A level of values is up to three of JSON, whose reader goes no deeper than 1,000."""
MAX_ELEMENTS: Final = 1 << 19
"""Values in one form, all together."""
MAX_CHARACTERS: Final = 16 << 20
"""Text, bytes and digits in one form, all together."""
_MAX_JSON_INTEGER: Final = 1 << 63
"""Larger integers are written in hexadecimal: decimal digits cost the square of their number."""
_MIN_KEYS_LOOKED_AT: Final = 64
"""Fewer keys that collide cost nothing."""

_LIBRARIES: dict[str, Callable[[], None]] = {}
"""Modules that have types of their own, and what registers those once the module is there."""
_NAMES_OF_LIBRARIES: dict[str, frozenset[str]] = {}

Form = Any
"""JSON."""


class NotPlain(Exception):
    """JSON that is no form, or the form of a value that has no equal here. The message is about the value."""


class Opaque:
    """An object that equals nothing but itself. ``truth`` is None where it was not asked for, or ``bool`` failed."""

    def __init__(self, name: str, truth: bool | None) -> None:
        self.name, self.truth = name, truth

    def __bool__(self) -> bool:
        if self.truth is None:
            raise NotPlain(f"the truth of an object of class {self.name} is not known")
        return self.truth

    def __repr__(self) -> str:
        return f"<{self.name} object>"


class Raised:
    """Stands in the place of a value whose expression raised: ``names`` are the exception's classes, nearest first."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


class Own(Opaque):
    """An object whose class says itself what it equals. Only its truth is known: to compare it is an error."""

    def _refuse(self, *_: object) -> NoReturn:
        raise NotPlain(f"an object of class {self.name} decides itself what it equals: give a plain value to compare")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __iter__ = __len__ = __getitem__ = _refuse
    __sub__ = __rsub__ = __abs__ = __round__ = __float__ = __index__ = _refuse

    def __hash__(self) -> int:
        return id(self)


def encode(value: Any, *, truth: bool = False) -> Form:
    """Return the form of any value; with ``truth``, that of an object says whether it is true."""
    try:
        form = _Encoder().form(value, 0)
    except _TooLarge:
        return {"large": type(value).__name__}
    except Exception:  # a library's type that the submission has patched, or made inconsistent
        form = _own(value)
    if truth and type(form) is dict and ("own" in form or "object" in form):
        (name,) = form
        form[name][1] = _truth(value)
    return form


def _truth(value: Any) -> bool | None:
    try:
        return bool(value)
    except Exception:
        return None


def decode(form: Form) -> Any:
    """Return the value of a form, which may be any JSON.

    Raises:
        NotPlain: it is no form.
    """
    try:
        return _decode(form)
    except NotPlain:
        raise
    except RecursionError:
        raise NotPlain("the value nests too deeply") from None
    except Exception as error:
        raise NotPlain(f"the form of a value means nothing: {type(error).__name__}") from None


class _TooLarge(Exception):
    pass


class _Encoder:
    """One value's encoding, within its bounds."""

    __slots__ = ("characters_left", "elements_left")

    def __init__(self) -> None:
        self.elements_left, self.characters_left = MAX_ELEMENTS, MAX_CHARACTERS

    def form(self, value: Any, depth: int) -> Form:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return self.text(value)
        if kind is int:
            return value if -_MAX_JSON_INTEGER < value < _MAX_JSON_INTEGER else self.integer(value)
        if kind is float:
            return value if math.isfinite(value) else {"float": float.__repr__(value)}
        if depth > MAX_DEPTH:
            raise _TooLarge
        if kind is list:
            return self.elements(value, depth)
        write = _writer(kind)
        if write is None:
            return _own(value)
        name, payload = write(self, value, depth + 1)
        return payload if name is None else {name: payload}

    def elements(self, values: Iterable[Any], depth: int) -> list[Form]:
        forms = []
        for value in values:
            self.elements_left -= 1
            if self.elements_left < 0:
                raise _TooLarge
            forms.append(self.form(value, depth + 1))
        return forms

    def pairs(self, pairs: Iterable[tuple[Any, Any]], depth: int) -> list[Form]:
        flat = self.elements(itertools.chain.from_iterable(pairs), depth)
        return [list(pair) for pair in zip(flat[::2], flat[1::2], strict=True)]

    def text(self, text: str) -> Form:
        self.take(len(text))
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError:  # two halves of a character side by side would be read as one
            return {"str": text.encode("utf-8", "surrogatepass").hex()}
        return text

    def integer(self, value: int) -> Form:
        self.take(int.bit_length(value) // 4)
        return {"int": hex(value)}

    def bytes(self, value: Any) -> str:
        self.take(2 * len(value))
        return bytes.hex(value)

    def take(self, characters: int) -> None:
        """Count characters.

        Raises:
            _TooLarge: there are no more to be had.
        """
        self.characters_left -= characters
        if self.characters_left < 0:
            raise _TooLarge


Write = Callable[[_Encoder, Any, int], tuple[str | None, Form]]
"""Returns the name of a value's type, and what stands behind it; without a name, all of the form."""
Read = Callable[[Any], Any]

_writers: dict[int, Write] = {}
"""By a type's ``id``: its own ``__hash__`` may be a submission's."""
_bases: list[tuple[type, Write]] = []
"""Those types of which an instance of a subclass counts as one, each after those that are derived from it."""
_readers: dict[str, Read] = {}


def register(kind: type, write: Write, *, derived: bool = True) -> None:
    """Encode instances of ``kind`` by ``write``; ``derived``: those of its subclasses too that compare as it does."""
    _writers[id(kind)] = write
    if derived:
        _bases.append((kind, write))


def register_reader(name: str, read: Read) -> None:
    """Decode by ``read`` what stands behind a type's name."""
    _readers[name] = read


_mro = type.__dict__["__mro__"].__get__
_names = type.__dict__["__dict__"].__get__
_class_name = type.__dict__["__name__"].__get__
_qualified_name = type.__dict__["__qualname__"].__get__
_COMPARISONS: Final = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
_OPERATIONS: Final = (
    *_COMPARISONS,
    *("__contains__", "__iter__", "__len__", "__bool__", "__getitem__", "keys", "items", "__reversed__"),
    *("__sub__", "__rsub__", "__abs__", "__round__", "__float__", "__int__", "__index__"),
)
"""What a condition may use of an operand."""
_OWN_OPERATIONS: Final = tuple(name for name in _OPERATIONS if name not in ("__bool__", "__hash__"))


def _writer(kind: type) -> Write | None:
    """What encodes instances of exactly that type, or of one that it is derived from and compares as."""
    found = _writers.get(id(kind))
    if found is not None:
        return found
    for library in [name for name in _LIBRARIES if name in sys.modules]:
        _LIBRARIES.pop(library)()
    if (found := _writers.get(id(kind))) is not None:
        return found
    meta = type(kind)
    for base, write in _bases:
        if issubclass(kind, base):
            known = base is type or (meta in (type, enum.EnumMeta) and _compares_as(kind, base))
            return write if known else None
    return _member if meta is enum.EnumMeta else None


def _compares_as(kind: type, base: type) -> bool:
    return all(_defined(kind, name) is _defined(base, name) for name in _OPERATIONS)


def _defined(kind: type, name: str) -> Any:
    """The attribute of a class as its dictionaries have it: no metaclass is asked."""
    for above in _mro(kind):
        if name in (names := _names(above)):
            return names[name]
    return None


def _own(value: Any) -> Form:
    """The form of an object of which no more is said than its class."""
    kind = type(value)
    plain = all(_defined(kind, name) is _names(object).get(name) for name in _OWN_OPERATIONS)
    return {"object" if plain else "own": [str(_class_name(kind)), None]}


def _sequence(name: str, iterate: Callable[[Any], Iterable[Any]]) -> Write:
    return lambda encoder, value, depth: (name, encoder.elements(iterate(value), depth))


def _mapping(name: str) -> Write:
    return lambda encoder, value, depth: (name, encoder.pairs(dict.items(value), depth))


def _parts(name: str, parts: Callable[[Any], Sequence[Any]]) -> Write:
    """Of what is told by a few plain values."""
    return lambda encoder, value, depth: (name, encoder.elements(parts(value), depth))


def _text(name: str, text: Callable[[Any], str]) -> Write:
    return lambda encoder, value, depth: (name, encoder.text(text(value)))


def _list(encoder: _Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    return None, encoder.elements(list.__iter__(value), depth)


def _deque(encoder: _Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    elements = encoder.elements(collections.deque.__iter__(value), depth)
    return "deque", [elements, collections.deque.maxlen.__get__(value)]


def _time_zone(zone: Any) -> Any:
    """Plain values that tell a time zone: None, an offset, or a name of the zone data base.

    Raises:
        TypeError: it is of a class of its own.
    """
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


def _singleton(encoder: _Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    return "singleton", repr(value)


def _library(encoder: _Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    """A class: the standard library's by its name, any other is an object."""
    module, name = _module_of(value), _qualified_name(value)
    if _of_library(module, name) is value:
        return "library", [module, name]
    return None, {"object": [f"class {name}", None]}


def _module_of(kind: type) -> str:
    """The name of the module that a class says it is of; builtin classes say nothing."""
    module = _names(kind).get("__module__", "builtins")
    return module if type(module) is str else ""


def _of_library(module: str, name: str) -> Any:
    """What a module of the standard library, if it is there, has by that name."""
    if module.partition(".")[0] not in sys.stdlib_module_names or module not in sys.modules:
        return None
    return vars(sys.modules[module]).get(name)


def _member(encoder: _Encoder, value: Any, depth: int) -> tuple[str | None, Form]:
    """A member of an enumeration: the standard library's by its name, any other is an object."""
    kind = type(value)
    module, name = _module_of(kind), _qualified_name(kind)
    if _of_library(module, name) is kind:
        return "member", [module, name, object.__getattribute__(value, "_name_")]
    return None, _own(value)


def _parts_of_object(encoder: _Encoder, value: Opaque, depth: int) -> tuple[str | None, Form]:
    return "own" if type(value) is Own else "object", [value.name, value.truth]


def _register_plain() -> None:
    """Types of the standard library, each after those that are derived from it."""
    register(bool, lambda encoder, value, depth: (None, bool(value)))
    register(collections.Counter, _mapping("Counter"))
    register(collections.OrderedDict, _parts("OrderedDict", lambda value: [list(pair) for pair in dict.items(value)]))
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
    register(complex, _parts("complex", lambda value: [complex.real.__get__(value), complex.imag.__get__(value)]))
    register(range, _parts("range", lambda value: [value.start, value.stop, value.step]), derived=False)
    register(decimal.Decimal, _text("Decimal", decimal.Decimal.__str__))
    register(fractions.Fraction, _parts("Fraction", lambda value: [_numerator(value), _denominator(value)]))
    register(datetime.datetime, _parts("datetime", _moment))
    register(datetime.date, _text("date", datetime.date.isoformat))
    register(datetime.time, _parts("time", _time))
    register(datetime.timedelta, _parts("timedelta", _timedelta))
    register(datetime.timezone, _parts("timezone", lambda value: [_time_zone(value)]), derived=False)
    register(uuid.UUID, _parts("UUID", lambda value: [_uuid(value)]))
    for path in (pathlib.PosixPath, pathlib.PureWindowsPath, pathlib.PurePosixPath):
        register(path, _text(path.__name__, pathlib.PurePath.__str__))
    register(type({}.keys()), _sequence("keys", iter), derived=False)
    register(type({}.items()), _sequence("items", iter), derived=False)
    register(type(...), _singleton, derived=False)
    register(type(NotImplemented), _singleton, derived=False)
    register(type, _library, derived=False)
    register(enum.EnumMeta, _library, derived=False)
    for kind in (Opaque, Own):  # an object's place in the process that it is not in
        register(kind, _parts_of_object, derived=False)


def raised(error: BaseException) -> Form:
    """Return the form of what stands for an expression that raised."""
    return {"raised": [str(_class_name(kind)) for kind in _mro(type(error))[:MAX_DEPTH]]}


_register_plain()


def _decode(form: Form) -> Any:
    if type(form) is list:
        return [_decode(element) for element in form]
    if type(form) is not dict:
        return form
    ((name, payload),) = form.items()
    if name not in _readers:
        for library in [library for library in _LIBRARIES if name in _NAMES_OF_LIBRARIES[library]]:
            importlib.import_module(library)
            _LIBRARIES.pop(library)()
    return _readers[name](payload)


def _decoded(payload: Any) -> list[Any]:
    """The values of a list of forms."""
    if type(payload) is not list:
        raise NotPlain("the form of a value has no list where it needs one")
    return [_decode(form) for form in payload]


def _distinct(keys: list[Any]) -> list[Any]:
    """The same keys, of which no more than half collide: to make a dictionary of those takes the square of the time.

    Raises:
        NotPlain: more do.
    """
    if len(keys) > _MIN_KEYS_LOOKED_AT and 2 * len(set(map(hash, keys))) < len(keys):
        raise NotPlain("the keys of a dictionary, or elements of a set, collide")
    return keys


def _dictionary(payload: Any) -> dict[Any, Any]:
    keys = _distinct([_decode(key) for key, _ in payload])
    return dict(zip(keys, (_decode(value) for _, value in payload), strict=True))


def _of(make: Callable[..., Any], *types_: type | tuple[type, ...]) -> Read:
    """Make a value of a list of plain values of those types."""

    def read(payload: Any) -> Any:
        parts = _decoded(payload)
        if len(parts) != len(types_) or not all(map(isinstance, parts, types_)):
            raise NotPlain(f"the form of a {make.__name__} has other parts")
        return make(*parts)

    return read


def _from_text(make: Callable[[str], Any]) -> Read:
    def read(payload: Any) -> Any:
        text = _decode(payload)
        if type(text) is not str:
            raise NotPlain(f"the form of a {make.__name__} has no text")
        return make(text)

    return read


def _zone(said: Any) -> datetime.tzinfo | None:
    if said is None:
        return None
    if isinstance(said, str):
        zone: datetime.tzinfo = importlib.import_module("zoneinfo").ZoneInfo(said)
        return zone
    return datetime.timezone(said)


def _read_datetime(text: str, fold: int, zone: Any) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(fold=fold, tzinfo=_zone(zone))


def _read_time(text: str, fold: int, zone: Any) -> datetime.time:
    return datetime.time.fromisoformat(text).replace(fold=fold, tzinfo=_zone(zone))


def _read_uuid(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def _read_deque(payload: Any) -> Any:
    elements, most = payload
    return collections.deque(_decoded(elements), most)


def _read_library(payload: Any) -> Any:
    module, name = payload
    found = _of_library(module, name)
    if not isinstance(found, type):
        raise NotPlain(f"there is no class {module}.{name}")
    return found


def _read_member(payload: Any) -> Any:
    module, name, member = payload
    kind = _of_library(module, name)
    if not isinstance(kind, enum.EnumMeta):
        raise NotPlain(f"there is no enumeration {module}.{name}")
    return kind.__members__[member]


def _object(kind: type[Opaque]) -> Read:
    def read(payload: Any) -> Opaque:
        name, truth = payload
        if type(name) is not str or not (truth is None or type(truth) is bool):
            raise NotPlain("the form of an object has other parts")
        return kind(name, truth)

    return read


def _read_large(payload: Any) -> NoReturn:
    raise NotPlain(f"the {str(payload)[:80]} is too large, or nests too deeply, to be compared")


_ZONE: Final = (datetime.timedelta, str, type(None))

_readers |= {
    "tuple": lambda payload: tuple(_decoded(payload)),
    "dict": _dictionary,
    "set": lambda payload: set(_distinct(_decoded(payload))),
    "frozenset": lambda payload: frozenset(_distinct(_decoded(payload))),
    "Counter": lambda payload: collections.Counter(_dictionary(payload)),
    "OrderedDict": lambda payload: collections.OrderedDict(_dictionary(payload)),
    "deque": _read_deque,
    "keys": lambda payload: dict.fromkeys(_distinct(_decoded(payload))).keys(),
    "items": lambda payload: dict(_decoded(payload)).items(),
    "int": lambda payload: int(payload, 16),
    "float": lambda payload: float(payload),
    "str": lambda payload: bytes.fromhex(payload).decode("utf-8", "surrogatepass"),
    "bytes": lambda payload: bytes.fromhex(payload),
    "bytearray": lambda payload: bytearray.fromhex(payload),
    "complex": _of(complex, float, float),
    "range": _of(range, int, int, int),
    "Decimal": _from_text(decimal.Decimal),
    "Fraction": _of(fractions.Fraction, int, int),
    "datetime": _of(_read_datetime, str, int, _ZONE),
    "date": _from_text(datetime.date.fromisoformat),
    "time": _of(_read_time, str, int, _ZONE),
    "timedelta": _of(datetime.timedelta, int, int, int),
    "timezone": _of(_zone, datetime.timedelta),
    "UUID": _of(_read_uuid, int),
    "PosixPath": _from_text(pathlib.PosixPath),
    "PurePosixPath": _from_text(pathlib.PurePosixPath),
    "PureWindowsPath": _from_text(pathlib.PureWindowsPath),
    "singleton": lambda payload: {"Ellipsis": ..., "NotImplemented": NotImplemented}[payload],
    "library": _read_library,
    "member": _read_member,
    "object": _object(Opaque),
    "own": _object(Own),
    "raised": lambda payload: Raised(tuple(map(str, payload))),
    "large": _read_large,
}
