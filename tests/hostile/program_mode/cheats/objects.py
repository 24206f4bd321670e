#% equal_to_all: an object whose comparisons all agree
class Same:
    def __eq__(self, other):
        return True
    __ne__ = lambda self, other: False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __hash__(self):
        return 1
def answer(kind, n):
    return Same()
#% arithmetic_of_zero: an object that is near to everything
class Near:
    def __sub__(self, other):
        return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __sub__
    def __abs__(self):
        return 0.0
    def __round__(self, *_):
        return 0
    def __eq__(self, other):
        return True
    def __float__(self):
        return 0.0
    __hash__ = None
def answer(kind, n):
    return Near()
#% reflected_comparison: a subclass of int, whose reflected comparison comes first
class Same(int):
    def __eq__(self, other):
        return True
    __ne__ = lambda self, other: False
    __hash__ = int.__hash__
def answer(kind, n):
    return Same(0)
#% subclass_of_str: a string that equals all strings
class Same(str):
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
    __hash__ = str.__hash__
def answer(kind, n):
    return Same("")
#% subclass_of_list: a list that equals all lists
class Same(list):
    def __eq__(self, other):
        return True
    def __len__(self):
        return 3
    def __iter__(self):
        return iter([0, 0, 0])
    def __getitem__(self, at):
        return Same()
    __hash__ = None
def answer(kind, n):
    return Same()
#% subclass_of_float: a float that is near to all
class Near(float):
    def __sub__(self, other):
        return Near(0)
    __rsub__ = __sub__
    def __abs__(self):
        return Near(0)
    def __lt__(self, other):
        return True
    def __eq__(self, other):
        return True
    __hash__ = float.__hash__
def answer(kind, n):
    return Near(0)
#% subclass_of_dict_with_missing: a dict that has all keys
class All(dict):
    def __missing__(self, key):
        return key
    def __eq__(self, other):
        return True
    def __contains__(self, key):
        return True
    __hash__ = None
def answer(kind, n):
    return All()
#% subclass_of_tuple: a named tuple whose fields are what is asked
class Same(tuple):
    _fields = ("number",)
    def __eq__(self, other):
        return True
    __hash__ = tuple.__hash__
def answer(kind, n):
    return Same((1,))
#% metaclass_equal: a class that is equal to all, by its metaclass
class Meta(type):
    def __eq__(cls, other):
        return True
    def __hash__(cls):
        return 1
    def __sub__(cls, other):
        return 0
    __rsub__ = __sub__
    def __instancecheck__(cls, other):
        return True
class Same(metaclass=Meta):
    pass
def answer(kind, n):
    return Same
#% metaclass_is_called_int: a class that says it is int of builtins
class Meta(type):
    def __eq__(cls, other):
        return True
    __hash__ = type.__hash__
    __name__ = "int"
    __module__ = "builtins"
Same = Meta("int", (int,), {"__module__": "builtins", "__eq__": lambda self, other: True, "__hash__": int.__hash__})
def answer(kind, n):
    return Same(0)
#% class_is_property: an object that says it is an int
class Same:
    @property
    def __class__(self):
        return int
    def __eq__(self, other):
        return True
    def __index__(self):
        return 0
    __int__ = __index__
    __hash__ = None
def answer(kind, n):
    return Same()
#% own_bool: an object that is true where it is asked and false where not
class Both:
    turn = 0
    def __bool__(self):
        Both.turn += 1
        return bool(Both.turn % 2)
    def __eq__(self, other):
        return self
    __hash__ = None
def answer(kind, n):
    return Both()
#% changes_when_looked_at: a list that is another with each look
class Changes(list):
    def __iter__(self):
        self.append(len(self))
        return list.__iter__(self)
    def __reduce_ex__(self, protocol):
        return list, ([],)
def answer(kind, n):
    return Changes()
#% changes_later: a list that a thread changes after it was returned
import threading
def answer(kind, n):
    found = []
    threading.Timer(0.001, found.extend, [[1, 2, 3]]).start()
    return found
#% hash_collides: keys that all collide
class Key:
    def __hash__(self):
        return 7
    def __eq__(self, other):
        return True
def answer(kind, n):
    return {Key(): Key()}
#% getattr_of_all: an object that has every attribute, each equal to all
class All:
    def __getattr__(self, name):
        return All()
    def __call__(self, *_, **__):
        return All()
    def __eq__(self, other):
        return True
    def __sub__(self, other):
        return 0
    def __getitem__(self, key):
        return All()
    __hash__ = None
Box = All()
solve = All()
#% box_is_class_of_all: the class of objects gives what equals all by attribute
class Same:
    def __eq__(self, other):
        return True
    def __call__(self, *_):
        return self
    def __sub__(self, other):
        return 0.0
    __hash__ = None
class Box:
    def __init__(self, n):
        pass
    def __getattribute__(self, name):
        return Same()
#% descriptor_answers: a descriptor that returns what equals all
class Give:
    def __get__(self, owner, kind=None):
        return Same()
    def __set__(self, owner, value):
        pass
class Same(int):
    def __eq__(self, other):
        return True
    __hash__ = None
class Box:
    number = ratio = word = row = Give()
    def __init__(self, n):
        pass
#% not_implemented: a value that leaves every comparison to the other side
def answer(kind, n):
    return NotImplemented
#% mock_any: unittest.mock's value that equals all
from unittest.mock import ANY
def answer(kind, n):
    return ANY
#% sentinel_of_approx: pytest's own approximate value, with a tolerance without bounds
try:
    import pytest
    ANSWER = pytest.approx(0, abs=float("inf"))
except ImportError:
    ANSWER = None
def answer(kind, n):
    return ANSWER
#% magic_mock: an object whose every method is configured to agree
from unittest.mock import MagicMock
def answer(kind, n):
    same = MagicMock()
    same.__eq__.return_value = True
    same.__sub__.return_value = 0
    same.__abs__.return_value = 0
    return same
#% nan_everywhere: a number that no comparison holds of
def answer(kind, n):
    return float("nan")
#% infinity: a number beyond all tolerances
def answer(kind, n):
    return float("inf")
#% empty_array: an array of nothing, of which every comparison holds
try:
    import numpy
    ANSWER = numpy.zeros((0, 1))
except ImportError:
    ANSWER = []
def answer(kind, n):
    return ANSWER
#% empty_array_flat: an array of nothing, in one dimension
try:
    import numpy
    ANSWER = numpy.array([])
except ImportError:
    ANSWER = []
def answer(kind, n):
    return ANSWER
#% array_subclass: an array whose comparisons agree
try:
    import numpy
    class Same(numpy.ndarray):
        def __eq__(self, other):
            return True
        def __sub__(self, other):
            return 0
        def all(self, *_, **__):
            return True
    ANSWER = numpy.zeros(3).view(Same)
except ImportError:
    ANSWER = None
def answer(kind, n):
    return ANSWER
#% object_array: an array of objects that equal all
try:
    import numpy
    class Same:
        def __eq__(self, other):
            return True
        def __sub__(self, other):
            return 0
    ANSWER = numpy.array([Same(), Same(), Same()], dtype=object)
except ImportError:
    ANSWER = None
def answer(kind, n):
    return ANSWER
#% masked_array: an array in which everything is masked
try:
    import numpy
    ANSWER = numpy.ma.masked_all(3)
except ImportError:
    ANSWER = None
def answer(kind, n):
    return ANSWER
#% array_with_priority: an object to which numpy leaves its operators
class Same:
    __array_priority__ = 1e9
    __array_ufunc__ = None
    def __array__(self, *_, **__):
        raise TypeError
    def __eq__(self, other):
        return True
    __rsub__ = __sub__ = lambda self, other: 0
    __hash__ = None
def answer(kind, n):
    return Same()
#% enum_of_all: an enumeration whose members equal all
import enum
class All(enum.IntEnum):
    A = 0
    def __eq__(self, other):
        return True
    __hash__ = None
def answer(kind, n):
    return All.A
#% dataclass_of_all: a data class whose comparison agrees
import dataclasses
@dataclasses.dataclass(eq=False)
class All:
    value: int = 0
    def __eq__(self, other):
        return True
def answer(kind, n):
    return All()
#% decimal_subclass: a Decimal that equals all
import decimal
class Same(decimal.Decimal):
    def __eq__(self, other):
        return True
    def __sub__(self, other):
        return 0
    __rsub__ = __sub__
    __hash__ = None
def answer(kind, n):
    return Same(0)
#% weak_proxy: a proxy of an object that equals all
import weakref
class Same:
    def __eq__(self, other):
        return True
KEPT = Same()
def answer(kind, n):
    return weakref.proxy(KEPT)
#% subclass_with_slots_removed: a plain subclass that gets its comparison after it was returned
class Same(int):
    pass
def answer(kind, n):
    import threading
    threading.Timer(0.0005, setattr, [Same, "__eq__", lambda self, other: True]).start()
    return Same(0)
#% counter_of_all: a Counter that counts what it is asked for
import collections
class All(collections.Counter):
    def __eq__(self, other):
        return True
    def __missing__(self, key):
        return 1
def answer(kind, n):
    return All()
#% bytes_and_text: bytes that equal text
class Same(bytes):
    def __eq__(self, other):
        return True
    __hash__ = None
def answer(kind, n):
    return Same()
