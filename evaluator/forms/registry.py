"""From values to forms, and back: the walk through a value, its bounds, and the table of types.

``stdlib`` and ``libraries`` fill the table; ``codec`` is what others use.
"""

from __future__ import annotations

import enum
import importlib
import itertools
import math
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

MAX_DEPTH: Final = 150
"""Nesting of values. A level of values is up to three of JSON, whose reader goes no deeper than 1,000."""
MAX_ELEMENTS: Final = 1 << 19
"""Values in one form, all together."""
MAX_CHARACTERS: Final = 16 << 20
"""Text, bytes and digits in one form, all together."""
_MAX_JSON_INTEGER: Final = 1 << 63
"""Larger integers are written in hexadecimal: decimal digits cost the square of their number."""


Form = Any
"""JSON."""


class BadForm(Exception):
    """JSON that is no form, or the form of a value that has no equal here. The message is about the value."""


class Opaque:
    """An object that equals nothing but itself. ``truth`` is None where it was not asked for, or ``bool`` failed."""

    def __init__(self, name: str, truth: bool | None) -> None:
        self.name, self.truth = name, truth

    def __bool__(self) -> bool:
        if self.truth is None:
            raise BadForm(f"the truth of an object of class {self.name} is not known")
        return self.truth

    def __repr__(self) -> str:
        return f"<{self.name} object>"


class Raised:
    """Stands in the place of a value whose expression raised: ``names`` are the exception's classes, nearest first."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


class CustomEquality(Opaque):
    """An object whose class says itself what it equals. Only its truth is known: to compare it is an error."""

    def _refuse(self, *_: object) -> NoReturn:
        raise BadForm(f"an object of class {self.name} decides itself what it equals: give a plain value to compare")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __iter__ = __len__ = __getitem__ = _refuse
    __sub__ = __rsub__ = __abs__ = __round__ = __float__ = __index__ = _refuse

    def __hash__(self) -> int:
        return id(self)


class TooLarge(Exception):
    """A value that goes beyond the bounds."""


class Encoder:
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
            raise TooLarge
        if kind is list:
            return self.elements(value, depth)
        write = writer_of(kind)
        if write is None:
            return own_form(value)
        name, payload = write(self, value, depth + 1)
        return payload if name is None else {name: payload}

    def elements(self, values: Iterable[Any], depth: int) -> list[Form]:
        forms = []
        for value in values:
            self.elements_left -= 1
            if self.elements_left < 0:
                raise TooLarge
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
            TooLarge: there are no more to be had.
        """
        self.characters_left -= characters
        if self.characters_left < 0:
            raise TooLarge


Write = Callable[[Encoder, Any, int], tuple[str | None, Form]]
"""Returns the name of a value's type, and what stands behind it; without a name, all of the form."""
Read = Callable[[Any], Any]

_writers: dict[int, Write] = {}
"""By a type's ``id``: its own ``__hash__`` may be a submission's."""
_bases: list[tuple[type, Write]] = []
"""Those types of which an instance of a subclass counts as one, each after those that are derived from it."""
_readers: dict[str, Read] = {}
_libraries: dict[str, tuple[frozenset[str], Callable[[], None]]] = {}
"""Modules whose types are registered once they are imported: the names of their forms, and what registers them."""


def register(kind: type, write: Write, *, derived: bool = True) -> None:
    """Encode instances of ``kind`` by ``write``; ``derived``: those of its subclasses too that compare as it does."""
    _writers[id(kind)] = write
    if derived:
        _bases.append((kind, write))


def register_readers(readers: dict[str, Read]) -> None:
    """Decode by these what stands behind a type's name."""
    _readers.update(readers)


def register_library(module: str, names: frozenset[str], register_types: Callable[[], None]) -> None:
    """Have ``register_types`` called once values of a module's types come, or forms of those ``names``."""
    _libraries[module] = names, register_types


def register_imported() -> None:
    """Register the types of the libraries that have been imported by now."""
    for module in [module for module in _libraries if module in sys.modules]:
        _libraries.pop(module)[1]()


mro = type.__dict__["__mro__"].__get__
class_names = type.__dict__["__dict__"].__get__
class_name = type.__dict__["__name__"].__get__
qualified_name = type.__dict__["__qualname__"].__get__
_ANY_DERIVED: Final = (enum.Enum,)
"""Its classes have a hash of their own, and members are compared as any objects are."""
_COMPARISONS: Final = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
_OPERATIONS: Final = (
    *_COMPARISONS,
    *("__contains__", "__iter__", "__len__", "__bool__", "__getitem__", "keys", "items", "__reversed__"),
    *("__sub__", "__rsub__", "__abs__", "__round__", "__float__", "__int__", "__index__"),
)
"""The operations of an operand that a condition may use."""
_OWN_OPERATIONS: Final = tuple(name for name in _OPERATIONS if name not in ("__bool__", "__hash__"))


def writer_of(kind: type) -> Write | None:
    """Find what encodes instances of exactly that type, or of one that it is derived from and compares as."""
    writer = _writers.get(id(kind))
    if writer is not None:
        return writer
    if not _libraries.keys().isdisjoint(sys.modules):
        register_imported()
        return writer_of(kind)
    for base, write in _bases:
        if issubclass(kind, base):
            return write if base in _ANY_DERIVED or _compares_as(kind, base) else None
    return None


def _compares_as(kind: type, base: type) -> bool:
    return all(_defined(kind, name) is _defined(base, name) for name in _OPERATIONS)


def _defined(kind: type, name: str) -> Any:
    """The attribute of a class as its dictionaries have it: no metaclass is asked."""
    for above in mro(kind):
        if name in (names := class_names(above)):
            return names[name]
    return None


def own_form(value: Any) -> Form:
    """The form of an object of which no more is said than its class."""
    kind = type(value)
    plain = all(_defined(kind, name) is class_names(object).get(name) for name in _OWN_OPERATIONS)
    return {"object" if plain else "own": [str(class_name(kind)), None]}


def decode_form(form: Form) -> Any:
    """The value of a form.

    Raises:
        BadForm: it is none, and the message says why.
        Exception: it is none.
    """
    if type(form) is list:
        return [decode_form(element) for element in form]
    if type(form) is not dict:
        return form
    ((name, payload),) = form.items()
    if name not in _readers:
        for library in [library for library, (names, _) in _libraries.items() if name in names]:
            importlib.import_module(library)
            register_imported()
    return _readers[name](payload)


def decode_forms(payload: Any) -> list[Any]:
    """The values of a list of forms."""
    if type(payload) is not list:
        raise BadForm("the form of a value has no list where it needs one")
    return [decode_form(form) for form in payload]


def text_writer(name: str, text: Callable[[Any], str]) -> Write:
    """Write what is told by a text."""
    return lambda encoder, value, depth: (name, encoder.text(text(value)))


def parts_writer(name: str, parts: Callable[[Any], Iterable[Any]]) -> Write:
    """Write what is told by a few values."""
    return lambda encoder, value, depth: (name, encoder.elements(parts(value), depth))


def parts_reader(make: Callable[..., Any], *types: type | tuple[type, ...]) -> Read:
    """Make a value of a list of values of those types."""

    def read(payload: Any) -> Any:
        parts = decode_forms(payload)
        if len(parts) != len(types) or not all(map(isinstance, parts, types)):
            raise BadForm("the form of a value has other parts than its type")
        return make(*parts)

    return read


def text_reader(make: Callable[[str], Any]) -> Read:
    """Make a value of a text."""

    def read(payload: Any) -> Any:
        text = decode_form(payload)
        if type(text) is not str:
            raise BadForm("the form of a value has no text")
        return make(text)

    return read
