"""Forms of the types of numpy and pandas, and of what mocks were called with. None of these modules is imported here
before a value, or a form, of theirs comes."""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Iterable
from typing import Any, Final

from evaluator.forms.registry import (
    BadForm,
    Encoder,
    Form,
    decode_form,
    decode_forms,
    parts_reader,
    parts_writer,
    register,
    register_library,
    register_readers,
    text_reader,
)  # fmt: skip

_NUMPY_NAMES: Final = frozenset({"array", "scalar", "dtype"})
_PANDAS_NAMES: Final = frozenset(
    [
        "DataFrame",
        "Series",
        "Index",
        "RangeIndex",
        "MultiIndex",
        "extension",
        "categorical",
        "Timestamp",
        "Timedelta",
        "NA",
        "NaT",
    ]
)
_MOCK_NAMES: Final = frozenset({"call", "calls", "sentinel"})
_NUMPY_DTYPE: Final = re.compile(r"[<>|=]([biufc]\d{1,2}|[US]\d{1,9}|[mM]8(\[\d*[a-zA-Zμ]{1,2}\])?)")
_PANDAS_DTYPE: Final = re.compile(
    r"U?Int\d+|Float\d+|boolean|str|string|(datetime|timedelta)64\[\w+\]|datetime64\[\w+, [\w/+:-]+\]"
)
_MAX_DIMENSIONS, _MAX_SIZE = 32, 1 << 24
"""Of an array."""


def register_types() -> None:
    """Have the types registered once their modules are imported."""
    register_library("numpy", _NUMPY_NAMES, _register_numpy)
    register_library("pandas", _PANDAS_NAMES, _register_pandas)
    register_library("unittest.mock", _MOCK_NAMES, _register_mock)


def _register_numpy() -> None:
    numpy: Any = importlib.import_module("numpy")
    register(numpy.ndarray, _array, derived=False)
    for code in numpy.typecodes["All"]:
        register(numpy.dtype(code).type, _scalar, derived=False)
        register(type(numpy.dtype(code)), _dtype, derived=False)
    register_readers({"array": _read_array, "scalar": _read_scalar, "dtype": text_reader(_checked_dtype)})


def _array(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    kind, shape = value.dtype.str, list(value.shape)
    if kind == "|O":
        return "array", ["O", shape, encoder.elements(value.ravel().tolist(), depth)]
    if not _NUMPY_DTYPE.fullmatch(kind):
        raise TypeError("an array of records")
    return "array", [kind, shape, encoder.bytes(value.tobytes())]


def _scalar(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    if not _NUMPY_DTYPE.fullmatch(value.dtype.str):
        raise TypeError("a scalar of no plain type")
    return "scalar", [value.dtype.str, encoder.bytes(value.tobytes())]


def _dtype(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    return "dtype", encoder.text(value.str)


def _checked_dtype(form: str) -> Any:
    if form != "|O" and not _NUMPY_DTYPE.fullmatch(form):
        raise BadForm("the form of an array has another type of elements")
    return sys.modules["numpy"].dtype(form)


def _read_array(payload: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    kind, shape, data = payload
    if len(shape) > _MAX_DIMENSIONS or not all(type(size) is int and size >= 0 for size in shape):
        raise BadForm("the form of an array has no shape")
    if kind == "O":
        array = numpy.empty(len(data), dtype=object)
        array[:] = decode_forms(data)
        return array.reshape(shape)
    dtype, raw = _checked_dtype(kind), bytes.fromhex(data)
    size = math.prod(shape)
    if size > _MAX_SIZE or dtype.itemsize * size != len(raw):
        raise BadForm("the form of an array has another size than its shape")
    return numpy.frombuffer(raw, dtype=dtype).reshape(shape).copy() if raw else numpy.empty(shape, dtype)


def _read_scalar(payload: Any) -> Any:
    kind, data = payload
    return _read_array([kind, [], data])[()]


def _register_pandas() -> None:
    pandas: Any = importlib.import_module("pandas")
    register(pandas.DataFrame, _frame, derived=False)
    register(pandas.Series, parts_writer("Series", lambda value: [value.name, value.index, value.array]), derived=False)
    register(
        pandas.RangeIndex, parts_writer("RangeIndex", lambda it: [it.start, it.stop, it.step, it.name]), derived=False
    )
    register(pandas.MultiIndex, parts_writer("MultiIndex", lambda it: [it.tolist(), list(it.names)]), derived=False)
    for kind in (pandas.Index, pandas.DatetimeIndex, pandas.TimedeltaIndex, pandas.CategoricalIndex):
        register(kind, _index, derived=False)
    register(pandas.Timestamp, _timestamp, derived=False)
    register(pandas.Timedelta, parts_writer("Timedelta", lambda value: [value.value, value.unit]), derived=False)
    register(type(pandas.NaT), lambda encoder, value, depth: ("NaT", None), derived=False)
    register(type(pandas.NA), lambda encoder, value, depth: ("NA", None), derived=False)
    for name in pandas.arrays.__all__:
        register(getattr(pandas.arrays, name), _extension, derived=False)
    register(pandas.arrays.NumpyExtensionArray, _numpy_extension, derived=False)
    register(pandas.Categorical, _categorical, derived=False)
    register_readers(
        {
            "DataFrame": _read_frame,
            "Series": lambda payload: _read_series(pandas, payload),
            "RangeIndex": lambda payload: _read_range(pandas, payload),
            "MultiIndex": lambda payload: _read_multi_index(pandas, payload),
            "Index": lambda payload: _read_index(pandas, payload),
            "Timestamp": lambda payload: _read_timestamp(pandas, payload),
            "Timedelta": parts_reader(lambda value, unit: pandas.Timedelta(value, "ns").as_unit(unit), int, str),
            "NaT": lambda _: pandas.NaT,
            "NA": lambda _: pandas.NA,
            "categorical": lambda payload: _read_categorical(pandas, payload),
            "extension": lambda payload: _read_extension(pandas, payload),
        }
    )


def _frame(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    arrays = [value.iloc[:, place].array for place in range(value.shape[1])]
    return "DataFrame", encoder.elements([value.columns, value.index, arrays], depth)


def _index(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    return "Index", encoder.elements([value.array, value.name, getattr(value, "freqstr", None)], depth)


def _timestamp(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    zone = None if value.tz is None else str(value.tz)
    return "Timestamp", encoder.elements([value.value, value.unit, zone], depth)


def _categorical(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    return "categorical", encoder.elements([value.categories, bool(value.ordered), value.codes.tolist()], depth)


def _numpy_extension(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    return _array(encoder, value.to_numpy(), depth)


def _extension(encoder: Encoder, value: Any, depth: int) -> tuple[str, Form]:
    if not _PANDAS_DTYPE.fullmatch(str(value.dtype)):
        raise TypeError("an array of no plain type")
    elements: Iterable[Any] = value.tolist()
    return "extension", encoder.elements([str(value.dtype), *elements], depth)


def _read_frame(payload: Any) -> Any:
    pandas: Any = sys.modules["pandas"]
    columns, index, arrays = decode_forms(payload)
    frame = pandas.DataFrame(
        {place: pandas.Series(array, index=index) for place, array in enumerate(arrays)}, index=index
    )
    frame.columns = columns
    return frame


def _read_series(pandas: Any, payload: Any) -> Any:
    name, index, array = decode_forms(payload)
    return pandas.Series(array, index=index, name=name)


def _read_range(pandas: Any, payload: Any) -> Any:
    start, stop, step, name = decode_forms(payload)
    return pandas.RangeIndex(start, stop, step, name=name)


def _read_multi_index(pandas: Any, payload: Any) -> Any:
    rows, names = decode_forms(payload)
    return pandas.MultiIndex.from_tuples(rows, names=names)


def _read_index(pandas: Any, payload: Any) -> Any:
    array, name, frequency = decode_forms(payload)
    index = pandas.Index(array, name=name)
    if isinstance(frequency, str):
        index.freq = frequency
    return index


def _read_timestamp(pandas: Any, payload: Any) -> Any:
    value, unit, zone = decode_forms(payload)
    moment = pandas.Timestamp(value, unit="ns").as_unit(unit)
    return moment if zone is None else moment.tz_localize("UTC").tz_convert(zone)


def _read_categorical(pandas: Any, payload: Any) -> Any:
    categories, ordered, codes = decode_forms(payload)
    return pandas.Categorical.from_codes(codes, categories=categories, ordered=ordered)


def _read_extension(pandas: Any, payload: Any) -> Any:
    kind, *elements = decode_forms(payload)
    if not _PANDAS_DTYPE.fullmatch(kind):
        raise BadForm("the form of an array has another type of elements")
    return pandas.array(elements, dtype=kind)


def _register_mock() -> None:
    mock: Any = importlib.import_module("unittest.mock")
    register(
        mock._Call,
        lambda encoder, value, depth: ("call", encoder.elements(tuple.__iter__(value), depth)),
        derived=False,
    )
    register(
        mock._CallList,
        lambda encoder, value, depth: ("calls", encoder.elements(list.__iter__(value), depth)),
        derived=False,
    )
    register(
        type(mock.sentinel.any), lambda encoder, value, depth: ("sentinel", encoder.text(value.name)), derived=False
    )
    register_readers(
        {
            "call": lambda payload: _read_call(mock, payload),
            "calls": lambda payload: mock._CallList(decode_forms(payload)),
            "sentinel": lambda payload: _read_sentinel(mock, payload),
        }
    )


def _read_call(mock: Any, payload: Any) -> Any:
    parts = tuple(decode_forms(payload))
    return mock._Call(parts, two=len(parts) == 2)


def _read_sentinel(mock: Any, payload: Any) -> Any:
    name = decode_form(payload)
    if not (isinstance(name, str) and name.isidentifier() and not name.startswith("__")):
        raise BadForm("the form of a sentinel has no name")
    return getattr(mock.sentinel, name)
