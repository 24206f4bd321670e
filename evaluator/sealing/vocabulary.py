"""The assertions of unittest, numpy, pandas and mock, and the names that constants may be made of: data."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import pathlib
from typing import NamedTuple


class Method(NamedTuple):
    """An assertion method's parameters, in order."""

    operands: tuple[str, ...]
    options: tuple[str, ...] = ()
    """After the operands; ``msg`` says where the message stands."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """All, as they stand in a call without keywords."""
        return self.operands + self.options


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MSG = ("msg",)
_ALMOST = Method(("first", "second"), ("places", "msg", "delta"))
_ORDER = Method(("a", "b"), _MSG)

COMPARISONS = {
    "assertEqual": Method(("first", "second"), _MSG),
    "assertEquals": Method(("first", "second"), _MSG),
    "assertNotEqual": Method(("first", "second"), _MSG),
    "assertNotEquals": Method(("first", "second"), _MSG),
    "assertAlmostEqual": _ALMOST,
    "assertAlmostEquals": _ALMOST,
    "assertNotAlmostEqual": _ALMOST,
    "assertGreater": _ORDER,
    "assertGreaterEqual": _ORDER,
    "assertLess": _ORDER,
    "assertLessEqual": _ORDER,
    "assertIn": Method(("member", "container"), _MSG),
    "assertNotIn": Method(("member", "container"), _MSG),
    "assertListEqual": Method(("list1", "list2"), _MSG),
    "assertTupleEqual": Method(("tuple1", "tuple2"), _MSG),
    "assertDictEqual": Method(("d1", "d2"), _MSG),
    "assertSetEqual": Method(("set1", "set2"), _MSG),
    "assertSequenceEqual": Method(("seq1", "seq2"), ("msg", "seq_type")),
    "assertMultiLineEqual": Method(("first", "second"), _MSG),
    "assertCountEqual": Method(("first", "second"), _MSG),
    "assertIs": Method(("expr1", "expr2"), _MSG),
    "assertIsNot": Method(("expr1", "expr2"), _MSG),
    "assertRegex": Method(("text", "expected_regex"), _MSG),
    "assertRegexpMatches": Method(("text", "expected_regex"), _MSG),
    "assertNotRegex": Method(("text", "unexpected_regex"), _MSG),
    "assertDictContainsSubset": Method(("subset", "dictionary"), _MSG),
}
"""unittest's assertions about two values."""

MODERN_NAMES = {
    "assertEquals": "assertEqual",
    "assertNotEquals": "assertNotEqual",
    "assertAlmostEquals": "assertAlmostEqual",
    "assertRegexpMatches": "assertRegex",
}
"""Conditions use the names that newer Pythons know."""

TRUTHS = {
    "assertTrue": Method(("expr",), _MSG),
    "assertFalse": Method(("expr",), _MSG),
    "assertIsNone": Method(("obj",), _MSG),
    "assertIsNotNone": Method(("obj",), _MSG),
}

INSTANCES = {"assertIsInstance": Method(("obj", "cls"), _MSG), "assertNotIsInstance": Method(("obj", "cls"), _MSG)}

METHODS = COMPARISONS | TRUTHS | INSTANCES

IDENTITIES = {"assertIs", "assertIsNot"}

RAISES = {"assertRaises", "assertRaisesRegex", "assertWarns", "assertWarnsRegex", "raises", "warns"}

MOCK_ASSERTIONS = {
    "assert_called",
    "assert_called_once",
    "assert_called_with",
    "assert_called_once_with",
    "assert_any_call",
    "assert_has_calls",
    "assert_not_called",
    "assert_awaited",
    "assert_awaited_once",
    "assert_awaited_with",
    "assert_awaited_once_with",
    "assert_any_await",
    "assert_has_awaits",
    "assert_not_awaited",
}

ARRAY_ASSERTIONS = {
    "assert_array_equal",
    "assert_array_almost_equal",
    "assert_array_less",
    "assert_allclose",
    "assert_almost_equal",
    "assert_approx_equal",
    "assert_equal",
    "assert_frame_equal",
    "assert_series_equal",
    "assert_index_equal",
}
"""Of ``numpy.testing`` and ``pandas.testing``."""

ARRAY_MESSAGES = {"err_msg", "verbose", "obj"}

CLOSENESS = {"isclose", "allclose", "array_equal", "approx"}
"""Functions of two values that conditions are peeled through."""

SAFE_BUILTINS = _words(
    "int float str bool bytes bytearray list tuple dict set frozenset range complex object slice type "
    "len sorted sum min max abs round zip map filter enumerate reversed ord chr repr divmod pow any all bin hex oct "
    "format ascii NotImplemented Ellipsis "
    "BaseException Exception ArithmeticError AssertionError AttributeError IndexError KeyError LookupError "
    "NameError NotImplementedError OSError OverflowError RuntimeError StopIteration TypeError ValueError "
    "ZeroDivisionError"
)
"""Builtins that constants may be made with."""

CONSTRUCTORS = _words("int float str bool bytes list tuple dict set frozenset range complex")
"""Builtin types: nobody is asked to write them, as one is ``sum`` or ``sorted``."""

SINGLETONS = _words("NotImplemented Ellipsis int float str bool bytes list tuple dict set frozenset complex")
"""Names whose identity survives outside."""

SAFE_MODULES = _words(
    "math cmath datetime decimal fractions collections itertools functools string uuid ipaddress operator json re "
    "pathlib types statistics textwrap array zoneinfo typing enum dataclasses "
    "numpy numpy.testing pandas pandas.testing pytest unittest unittest.mock mock"
)
"""Modules that constants may be made with."""

STAR_MODULES = _words("math datetime decimal fractions collections itertools functools string operator typing")
"""Of those the ones whose public names ``from … import *`` is looked up for."""

ENVIRONMENT = _words(
    # chance
    "random uuid1 uuid4 default_rng RandomState "
    # time
    "now today utcnow fromtimestamp "
    # files
    "cwd home exists is_file is_dir iterdir glob rglob stat resolve absolute expanduser open read_text read_bytes "
    "write_text write_bytes mkdir touch unlink rename samefile owner fromfile loadtxt genfromtxt load save memmap "
    "read_csv read_json read_excel read_table read_pickle read_parquet read_html read_sql read_hdf to_csv to_excel "
    "to_json to_pickle to_parquet from_file "
    # what runs tests
    "raises warns fixture mark skip fail xfail exit importorskip main patch subTest TestCase "
    "Mock MagicMock AsyncMock NonCallableMock NonCallableMagicMock PropertyMock create_autospec mock_open seal"
)
"""Attributes that make no constant: what they give differs from run to run, or from process to process."""

ONE_SHOT = {"zip", "map", "filter", "reversed", "enumerate", "iter"}
"""Functions whose results can be looked at once only."""

_PLAIN_TYPES = (
    *(bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, memoryview),
    *(collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict),
    *(decimal.Decimal, fractions.Fraction, datetime.datetime, datetime.timedelta, pathlib.Path),
)
_OF_ARRAYS = _words(
    "T all any argmax argmin argsort astype at columns cumsum diagonal dot dropna dtype dtypes empty equals fill "
    "fillna flat flatten groupby head iat iloc imag index isin isna isnull item itemsize iterrows itertuples keys loc "
    "max mean median min mode nbytes ndim nonzero notna nunique prod ravel real repeat reset_index reshape round shape "
    "size sort_values squeeze std sum tail to_dict to_list to_numpy tobytes tolist trace transpose unique "
    "value_counts values var"
)
"""Attributes of numpy's and pandas' values."""
_OF_ENUMERATIONS = _words("name value")
PLAIN_ATTRIBUTES = _OF_ARRAYS | _OF_ENUMERATIONS | {name for kind in _PLAIN_TYPES for name in dir(kind)}
"""Attributes of values that have a plain form, and of those made of them."""
