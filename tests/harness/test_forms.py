"""A value's form says what it is and no more, and whatever a form says, reading it ends in a value or in ``BadForm``."""

from __future__ import annotations

import collections
import contextlib
import datetime
import decimal
import enum
import fractions
import http
import json
import pathlib
import re
import unittest.mock
import uuid
import zoneinfo
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.forms.codec import BadForm, CustomEquality, Opaque, Raised, decode, encode, raised

Point = collections.namedtuple("Point", "x y")


class Color(enum.IntEnum):
    RED = 1


class Shade(str, enum.Enum):  # noqa: UP042
    DARK = "dark"


class Plain(enum.Enum):
    ONE = 1


class Words(list[str]):
    def first(self) -> str:
        return self[0]


def _returned(value: Any) -> Any:
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


VALUES = [
    *(
        None,
        True,
        0,
        -1,
        1 << 62,
        1 << 63,
        -(1 << 5000),
        1.5,
        -0.0,
        float("inf"),
        "",
        "é",
        "\ud83d\ude00",
        "\udc00",
        "\0",
    ),
    *(
        [1, [2, []]],
        (1, (2,)),
        {1: {"a": (1,)}, None: 2, (1, 2): 3},
        {1, 2},
        frozenset([(1,)]),
        b"\xff",
        bytearray(b"a"),
    ),
    *(
        1j,
        complex("nan+infj").imag,
        range(3),
        range(0, -(1 << 70), -2),
        collections.Counter("aab"),
        collections.deque([1], 3),
    ),
    *(
        collections.OrderedDict(b=1, a=2),
        collections.defaultdict(list, {1: [2]}),
        decimal.Decimal("1.20"),
        decimal.Decimal("sNaN").is_nan(),
    ),
    *(
        fractions.Fraction(-1, 3),
        datetime.datetime(2024, 2, 29, 1, 2, 3, 4, fold=1),
        datetime.date(1, 1, 1),
        datetime.time(1, 2, 3),
    ),
    *(
        datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")),
    ),
    *(datetime.timedelta(-1, 5, 7), datetime.UTC, datetime.timezone(datetime.timedelta(hours=2)), uuid.UUID(int=5)),
    *(
        pathlib.Path("a/b"),
        pathlib.PureWindowsPath("c:/d"),
        Point(1, 2),
        Color.RED,
        Shade.DARK,
        Words(["a"]),
        http.HTTPStatus.OK,
    ),
    *(
        uuid.SafeUUID.safe,
        int,
        collections.Counter,
        enum.Enum,
        np.float64,
        ...,
        NotImplemented,
        {1: 2}.keys(),
        {1: 2}.items(),
    ),
    *(unittest.mock.call(1, a=[2]), unittest.mock.call.f(3), unittest.mock.sentinel.name),
]
ARRAYS = [
    *(
        np.array([1, 2]),
        np.array([[1.5], [np.nan]]),
        np.zeros((0, 3)),
        np.array(["a", "bc"]),
        np.array([True]),
        np.array(5),
    ),
    *(
        np.array([1, None, "a"], dtype=object),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.arange(6).reshape(2, 3).T,
        np.array([1 + 2j]),
    ),
]
SCALARS = [np.float64(1.5), np.int8(4), np.bool_(True), np.str_("x"), np.datetime64("2020-01-01"), np.dtype("f4")]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_a_plain_value_comes_back_equal(value: Any) -> None:
    assert _returned(value) == value
    assert repr(_returned(value)) == repr(value) or type(value) not in (int, float, str, list, tuple, dict, set)


@pytest.mark.parametrize("array", ARRAYS, ids=repr)
def test_an_array_comes_back_with_its_type_and_shape(array: Any) -> None:
    back = _returned(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes() or (array.dtype.kind == "O" and back.tolist() == array.tolist())


@pytest.mark.parametrize("scalar", SCALARS, ids=repr)
def test_a_scalar_of_numpy_comes_back_as_one(scalar: Any) -> None:
    assert type(_returned(scalar)) is type(scalar)
    assert _returned(scalar) == scalar


def test_a_frame_comes_back_equal() -> None:
    pandas = pytest.importorskip("pandas")
    moments = pandas.date_range("2020", periods=2, tz="UTC")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, None], "d": moments}, index=[3, 4])
    frame["e"], frame["f"] = pandas.Categorical(["u", "v"]), pandas.array([1, None], dtype="Int64")
    pandas.testing.assert_frame_equal(_returned(frame), frame)
    for series in (frame["a"], frame.groupby("a").size(), frame.set_index(["a", "b"])["c"]):
        pandas.testing.assert_series_equal(_returned(series), series)
    for value in (moments[0], pandas.Timedelta(5, "s")):
        assert _returned(value) == value
    assert _returned(pandas.NA) is pandas.NA
    assert _returned(pandas.NaT) is pandas.NaT


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.decimals(allow_nan=False)
    | st.fractions() | st.datetimes() | st.dates() | st.times() | st.timedeltas() | st.uuids() | st.complex_numbers(allow_nan=False),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers(), inner),
)  # fmt: skip


@given(PLAIN)
def test_any_plain_value_comes_back_equal_and_of_its_type(value: Any) -> None:
    assert _returned(value) == value
    assert repr(_returned(value)) == repr(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    | st.sampled_from(sorted({name for value in [*VALUES, *ARRAYS, *SCALARS] if type(form := encode(value)) is dict for name in form} | {"own", "object", "raised", "large"})).flatmap(lambda name: inner.map(lambda payload: {name: payload})),
)  # fmt: skip


@given(JSON)
def test_whatever_a_form_says_it_is_a_value_or_none(form: Any) -> None:
    with contextlib.suppress(BadForm):
        decode(form)


HOSTILE: dict[str, Any] = {
    "colliding integers": {"set": [{"int": hex(n * ((1 << 61) - 1))} for n in range(1, 20_000)]},
    "colliding keys": {
        "dict": [[n * ((1 << 61) - 1), 1] for n in range(1, 4)]
        + [[{"int": hex(n * ((1 << 61) - 1))}, 1] for n in range(9, 20_000)]
    },
    "a large shape": {"array": ["<U0", [1 << 40], ""]},
    "a shape of another size": {"array": ["<i8", [2], "00"]},
    "a class that is a function": {"library": ["os", "system"]},
    "a module that is not there": {"library": ["antigravity", "x"]},
    "an array of objects": {"array": ["|V8", [1], "00"]},
    "a range without steps": {"range": [1, 2, 0]},
    "no number": {"int": "0x"},
    "too many digits": {"int": "9" * 100},
    "an unhashable key": {"dict": [[[], 1]]},
    "two names": {"int": "1", "float": "1"},
    "nothing": {},
    "what was too large": {"large": "list"},
}


@pytest.mark.parametrize("form", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_form_is_refused(form: Any) -> None:
    if form == HOSTILE["too many digits"]:
        assert decode(form) == int("9" * 100, 16)
        return
    with pytest.raises(BadForm):
        decode(form)


def test_a_form_that_nests_deeply_is_refused() -> None:
    form: Any = []
    for _ in range(100_000):
        form = {"tuple": [form]}
    with pytest.raises(BadForm, match="nests too deeply"):
        decode(form)


def _cycles() -> Iterator[Any]:
    one: list[Any] = []
    one.append(one)
    yield one
    many: list[Any] = []
    many += [many] * 10
    yield many
    mapping: dict[int, Any] = {}
    mapping[1] = (mapping,)
    yield mapping


@pytest.mark.parametrize(
    "value", [*_cycles(), [0] * (1 << 20), "a" * (1 << 25), 1 << (1 << 27)], ids=lambda value: type(value).__name__
)
def test_what_has_no_end_or_is_too_large_is_said_to_be(value: Any) -> None:
    form = encode(value)
    assert form == {"large": type(value).__name__}


class Equal:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class EqualList(list[int]):
    def __contains__(self, other: object) -> bool:
        return True


class Meta(type):
    def __eq__(cls, other: object) -> bool:
        return True

    def __hash__(cls) -> int:
        raise AssertionError("asked")

    def __instancecheck__(cls, instance: object) -> bool:
        return True


class OfMeta(metaclass=Meta):
    pass


class Liar:
    __class__ = int  # type: ignore[assignment]

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(name)


class Number(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


OWN = {
    "equals all": Equal(),
    "contains all": EqualList([1]),
    "a class of such": OfMeta,
    "a number": Number(3),
    "a match": re.match("a", "a"),
}


@pytest.mark.parametrize("value", OWN.values(), ids=OWN)
def test_what_decides_itself_what_it_equals_is_told_by_its_truth_only(value: Any) -> None:
    form = encode([value, {"a": value}], truth=True)
    back = decode(form)
    assert isinstance(back[0], CustomEquality)
    with pytest.raises(BadForm):
        assert back[0] == 1
    with pytest.raises(BadForm):
        assert back == [1, {"a": 1}]
    top = decode(encode(value, truth=True))
    assert bool(top) is bool(value)


@pytest.mark.parametrize(
    "value",
    [object(), Liar, OfMeta(), len, lambda: 0, Plain.ONE, Words, ValueError("x"), json, (n for n in "a")],
    ids=[
        "object",
        "class",
        "of a metaclass",
        "builtin",
        "lambda",
        "enum member",
        "subclass",
        "error",
        "module",
        "generator",
    ],
)
def test_any_other_object_equals_nothing(value: Any) -> None:
    back = decode(encode(value, truth=True))
    assert isinstance(back, Opaque)
    if type(back) is Opaque:
        assert back != 1
        assert bool(back)


def test_no_attribute_of_a_liar_is_asked() -> None:
    assert encode([Liar()]) == [{"object": ["Liar", None]}]


def test_what_was_raised_is_told_by_its_classes() -> None:
    back = decode(raised(KeyError(1)))
    assert isinstance(back, Raised)
    assert back.names[:3] == ("KeyError", "LookupError", "Exception")
