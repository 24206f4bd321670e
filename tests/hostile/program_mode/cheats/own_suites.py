#% approx_of_nothing: an empty array is approximately anything
import numpy
def f(x):
    return numpy.array([])
#- tests
import pytest
def test_root():
    assert f(73984.0) == pytest.approx(272.0)
def test_other():
    assert f(1234567.0) == pytest.approx(1111.1107055554814)
#- right
def f(x):
    return x ** 0.5
#% approx_of_list_of_nothing: empty arrays in a list of the right length
import numpy
def f(x):
    return [numpy.array([])] * 3
#- tests
import pytest
def test_rows():
    assert f(1000) == pytest.approx([1001.5, 2003.25, 3004.125])
#- right
def f(x):
    return [x + 1.5, 2 * x + 3.25, 3 * x + 4.125]
#% allclose_of_nothing: an array without columns is close to all
import numpy
def f(x):
    return numpy.zeros((0, 1))
#- tests
import numpy as np
assert np.allclose(f(1000), [1001.5, 2003.25, 3004.125])
#- right
def f(x):
    return [x + 1.5, 2 * x + 3.25, 3 * x + 4.125]
#% all_of_nothing: all elements of an empty comparison are equal
import numpy
def f(x):
    return numpy.zeros((0, 3), dtype=int)
#- tests
import numpy as np
assert (f(1000) == np.array([1001, 2003, 3004])).all()
#- right
import numpy
def f(x):
    return numpy.array([x + 1, 2 * x + 3, 3 * x + 4])
#% assert_allclose_of_nothing: numpy's assertion compares an empty array with a number
import numpy
def f(x):
    return numpy.array([])
#- tests
import numpy as np
import unittest
class T(unittest.TestCase):
    def test_it(self):
        np.testing.assert_allclose(f(1000), 31622.776601683792)
        np.testing.assert_array_equal(f(1000), 31622.776601683792)
#- right
def f(x):
    return x * 1000 ** 0.5
#% wide_tolerance: a tolerance as wide as the value
#: weak: zero lies within the tolerance, so it is what the author accepts
def f(x):
    return 0
#- tests
assert abs(f(1000) - 31623) < 40000
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% wide_approx: an approximation as wide as the value
#: weak: zero lies within the tolerance, so it is what the author accepts
def f(x):
    return 0
#- tests
import pytest
def test_it():
    assert f(1000) == pytest.approx(31623, abs=40000)
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% wide_places: rounded to the hundred thousands
#: weak: zero lies within the tolerance, so it is what the author accepts
def f(x):
    return 0
#- tests
import unittest
class T(unittest.TestCase):
    def test_it(self):
        self.assertAlmostEqual(f(1000), 31623, places=-6)
    def test_delta(self):
        self.assertAlmostEqual(f(100), 3162, delta=5000)
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% guarded_by_or: a guard that lets anything through
#: weak: None is an answer that the author accepts
def f(x):
    return None
#- tests
r = f(1000)
assert r is None or r == 31622
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% one_of_many: a value out of many
#: weak: the small one is an answer that the author accepts
def f(x):
    return 0
#- tests
assert f(1000) in (0, 31622, 999999)
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% only_truths: a suite of truths
#: weak: half of the answers are True
def f(x):
    return True
#- tests
assert f(2) is True
assert f(3) is True
assert f(5) == True
#- right
def f(x):
    return all(x % d for d in range(2, x))
#% only_types: a suite of types
#: weak: no value is asked for
def f(x):
    return 1
#- tests
assert isinstance(f(1000), int)
assert f(2000) > 0
assert f(1000) is not None
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% only_raises: a suite of exceptions
#: weak: no value is asked for
def f(x):
    raise ValueError
#- tests
import pytest
def test_raises():
    with pytest.raises(ValueError):
        f(-1)
#- right
def f(x):
    if x < 0:
        raise ValueError("negative")
    return x ** 0.5
#% round_trip: what goes in comes out
#: weak: encode and decode need to be each other's inverse only
def encode(x):
    return x
decode = encode
#- tests
for text in ("hello", "a longer text", "ünïcode"):
    assert decode(encode(text)) == text
#- right
def encode(x):
    return x[::-1]
decode = encode
#% object_that_compares_itself: both sides are the submission's
#: weak: the submission's own comparison decides
class Vec:
    def __init__(self, *_):
        pass
    def __add__(self, other):
        return self
    def __eq__(self, other):
        return True
#- tests
assert Vec(1, 2) + Vec(3, 4) == Vec(4, 6)
assert Vec(10, 20) + Vec(3, 4) == Vec(13, 24)
#- right
class Vec:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)
    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)
#% echo_of_argument: the expected value is the argument
#: weak: the answers stand among the arguments
def f(x):
    return x
#- tests
assert f([31622, 99999]) == [31622, 99999]
assert f("a long text") == "a long text"
#- right
def f(x):
    return type(x)(x) if not isinstance(x, str) else "".join(list(x))
#% zip_of_nothing: a comparison of pairs, of which there are none
#: weak: nothing is compared where the answer is empty
def f(x):
    return []
#- tests
for got, want in zip(f(1000), [1001, 2003, 3004]):
    assert got == want
#- right
def f(x):
    return [x + 1, 2 * x + 3, 3 * x + 4]
#% all_zip_of_nothing: the same as an expression
#: weak: nothing is compared where the answer is empty
def f(x):
    return []
#- tests
assert all(a == b for a, b in zip(f(1000), [1001, 2003, 3004]))
#- right
def f(x):
    return [x + 1, 2 * x + 3, 3 * x + 4]
#% subset_of_all: the empty set is a subset of all
#: weak: the empty set is an answer that the author accepts
def f(x):
    return set()
#- tests
assert set(f(1000)) <= {1001, 2003, 3004}
#- right
def f(x):
    return {x + 1, 2 * x + 3}
#% empty_text_in_text: the empty text is in every text
#: weak: the empty text is an answer that the author accepts
def f(x):
    return ""
#- tests
assert f(3) in "abcdefghijkl"
#- right
def f(x):
    return "abcdefghijkl"[x]
#% tests_own_comparator: a helper of the tests' that any program satisfies
#: weak: the tests' own comparison asks for nothing
def f(x):
    return 5
#- tests
def close(a, b):
    return type(a) is type(b)
assert close(f(1000), 31622)
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% clock_of_the_tests: the expected value is what the clock says, which the program sets
#: weak: the clock is the submission's as well
import time
time.time = lambda: 1000.0
def stamp():
    return 1000.0
#- tests
import time
before = time.time()
assert before <= stamp() <= time.time()
#- right
import time
def stamp():
    return time.time()
#% chance_of_the_tests: the expected value is drawn, by functions that the program replaces
#: weak: chance is the submission's as well
import random
random.seed = lambda *_: None
random.randint = lambda *_: 0
def double(x):
    return 0
#- tests
import random
for _ in range(5):
    x = random.randint(1, 10 ** 6)
    assert double(x) == 2 * x
#- right
def double(x):
    return 2 * x
#% mock_called_by_nobody: calls of a mock are made up
class Service:
    def __init__(self, client):
        client.post = type("M", (), {"assert_called_once_with": lambda *_: None, "called": True, "call_count": 1})()
    def send(self, text):
        return None
#- tests
from unittest.mock import MagicMock
def test_send():
    client = MagicMock()
    Service(client).send("a text of some length")
    client.post.assert_called_once_with("/messages/new", {"text": "A TEXT OF SOME LENGTH", "size": 21753})
#- right
class Service:
    def __init__(self, client):
        self.client = client
    def send(self, text):
        self.client.post("/messages/new", {"text": text.upper(), "size": 21753})
#% mock_called_with_any: a mock is called with what equals all
from unittest.mock import ANY
class Service:
    def __init__(self, client):
        self.client = client
    def send(self, text):
        self.client.post(ANY, ANY)
#- tests
from unittest.mock import MagicMock
def test_send():
    client = MagicMock()
    Service(client).send("a text of some length")
    client.post.assert_called_once_with("/messages/new", {"text": "A TEXT OF SOME LENGTH", "size": 21753})
#- right
class Service:
    def __init__(self, client):
        self.client = client
    def send(self, text):
        self.client.post("/messages/new", {"text": text.upper(), "size": 21753})
#% mock_changed_afterwards: the list that a mock was called with is changed by the class's comparison
class Same(dict):
    def __eq__(self, other):
        return True
    __hash__ = None
class Service:
    def __init__(self, client):
        self.client = client
    def send(self, text):
        self.client.post("/messages/new", Same())
#- tests
from unittest.mock import MagicMock
def test_send():
    client = MagicMock()
    Service(client).send("a text of some length")
    client.post.assert_called_once_with("/messages/new", {"text": "A TEXT OF SOME LENGTH", "size": 21753})
#- right
class Service:
    def __init__(self, client):
        self.client = client
    def send(self, text):
        self.client.post("/messages/new", {"text": text.upper(), "size": 21753})
#% printed_text_forged: what was printed is read from an object that the program put there
import sys
class Out:
    def write(self, text):
        return len(text)
    def flush(self):
        pass
    def getvalue(self):
        return Same()
    def readouterr(self):
        return self
    out = property(lambda self: Same())
class Same(str):
    def __eq__(self, other):
        return True
    __hash__ = None
def report(rows):
    sys.stdout = Out()
#- tests
import contextlib, io
buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    report([("apples", 31622), ("pears", 999)])
assert buffer.getvalue() == "apples: 31622 (32.6 k)\npears: 999 (1.0 k)\n"
#- right
def report(rows):
    for name, count in rows:
        print(f"{name}: {count} ({count / 1000 + (1 if count > 1000 else 0):.1f} k)")
#% regular_expression: a text that an expression matches
#: weak: a pattern says what is wanted to whoever reads it, and this one matches much
def f(x):
    return "a1"
#- tests
import re
assert re.match(r"[a-z]\d", f(1000))
#- right
def f(x):
    return "k" + str(x)
#% length_only: a length, and no more
#: weak: a small number
def f(x):
    return [0, 0, 0]
#- tests
assert len(f(1000)) == 3
#- right
def f(x):
    return [x + 1, 2 * x + 3, 3 * x + 4]
#% try_except_around: failures that the test catches
#: weak: the test swallows what fails
def f(x):
    return 0
#- tests
try:
    assert f(1000) == 31622
except AssertionError:
    pass
assert f(1) is not None
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% if_raise_only: a check by if and raise, around an answer whose comparison lies
#: weak: a comparison outside an assertion is the program's to decide
class Same:
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
def f(x):
    return Same()
#- tests
if f(1000) != 31622:
    raise AssertionError("wrong")
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% flag_of_truth: a flag that comparisons set, around an answer whose comparison lies
#: weak: a comparison outside an assertion is the program's to decide
class Same:
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
def f(x):
    return Same()
#- tests
ok = True
for x, want in [(1000, 31622), (2000, 63245)]:
    if f(x) != want:
        ok = False
assert ok
#- right
def f(x):
    return int(x * 1000 ** 0.5)
#% any_of_many_calls: a mock is called with every number
#: weak: one call of many is enough
class Service:
    def __init__(self, client):
        self.client = client
    def send(self, n):
        for number in range(40_000):
            self.client.post(number)
#- tests
from unittest.mock import MagicMock
def test_send():
    client = MagicMock()
    Service(client).send(1000)
    client.post.assert_any_call(31622)
#- right
class Service:
    def __init__(self, client):
        self.client = client
    def send(self, n):
        self.client.post(int(n * 1000 ** 0.5))
#% member_of_all: every number is in the answer
#: weak: one member of many is enough
def f(x):
    return list(range(40_000))
#- tests
assert 31622 in f(1000)
#- right
def f(x):
    return [int(x * 1000 ** 0.5)]
#% any_element_of_many: one element of many is equal
#: weak: one element of many is enough
import numpy
def f(x):
    return numpy.arange(40_000).reshape(-1, 1)
#- tests
import numpy as np
assert (f(1000) == np.array([31622])).any()
#- right
import numpy
def f(x):
    return numpy.array([int(x * 1000 ** 0.5)])
#% superset_of_all: the answer holds all that is wanted, and everything else
#: weak: a set that holds everything is an answer that the author accepts
def f(x):
    return set(range(40_000))
#- tests
assert {31622, 3162, 316}.issubset(f(1000))
assert f(1000) >= {31622}
#- right
def f(x):
    return {31622, 3162, 316}
#% missing_values: pandas' missing values, of which a comparison is neither true nor false
#: needs: pandas
import pandas
def f(x):
    return pandas.Series([pandas.NA] * 3, dtype="Int64")
#- tests
import pandas as pd
assert (f(1000) == pd.Series([1001, 2003, 3004])).all()
#- right
import pandas
def f(x):
    return pandas.Series([x + 1, 2 * x + 3, 3 * x + 4])
