#% decimals: Decimal results and contexts
#: wrong: ROUND_HALF_UP => ROUND_DOWN
from decimal import ROUND_HALF_UP, Decimal
def vat(net):
    return (Decimal(net) * Decimal("0.19")).quantize(Decimal("0.01"), ROUND_HALF_UP)
#- tests
from decimal import Decimal
assert vat("10.50") == Decimal("2.00")
assert vat("99.99") == Decimal("19.00")
assert str(vat("0.50")) == "0.10"
#% fractions_and_complex: exact and complex numbers
#: wrong: Fraction(1, n) => Fraction(1, n + 1)
from fractions import Fraction
def harmonic(n):
    return sum((Fraction(1, n) for n in range(1, n + 1)), Fraction(0))
def rotate(z):
    return z * 1j
#- tests
from fractions import Fraction
assert harmonic(4) == Fraction(25, 12)
assert harmonic(0) == 0
assert rotate(3 + 4j) == -4 + 3j
assert abs(rotate(3 + 4j)) == 5.0
#% dates_and_times: dates, deltas and time zones
#: wrong: timedelta(days=1) => timedelta(days=2)
from datetime import date, datetime, timedelta, timezone
def next_workday(day):
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
def to_utc(text, hours):
    return datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=hours))).astimezone(timezone.utc)
#- tests
import unittest
from datetime import date, datetime, timezone
class DateTest(unittest.TestCase):
    def test_workday(self):
        self.assertEqual(next_workday(date(2024, 3, 1)), date(2024, 3, 4))
        self.assertEqual(next_workday(date(2024, 2, 28)), date(2024, 2, 29))
    def test_utc(self):
        self.assertEqual(to_utc("2024-01-01T01:30:00", 2), datetime(2023, 12, 31, 23, 30, tzinfo=timezone.utc))
        self.assertEqual(to_utc("2024-01-01T01:30:00", 2).isoformat(), "2023-12-31T23:30:00+00:00")
#% paths: pathlib as arguments and results
#: wrong: path.parent / "bak" => path.parent / "back"
from pathlib import Path, PurePosixPath
def backup(path):
    path = PurePosixPath(path)
    return path.parent / "bak" / path.name
#- tests
from pathlib import Path, PurePosixPath
def test_backup():
    assert backup("/a/b.txt") == PurePosixPath("/a/bak/b.txt")
    assert backup(Path("/x/y/z")).parts == ("/", "x", "y", "bak", "z")
    assert str(backup("q")) == "bak/q"
#% counters_and_deques: collections keep their classes
#: wrong: most_common(1) => most_common()[-1:]
from collections import Counter, OrderedDict, defaultdict, deque
def tally(text):
    return Counter(text.split())
def favourite(text):
    return tally(text).most_common(1)[0][0]
def last(values, n):
    return deque(values, maxlen=n)
def groups(words):
    found = defaultdict(list)
    for word in words:
        found[len(word)].append(word)
    return found
#- tests
from collections import Counter, deque
assert tally("a b a") == Counter({"a": 2, "b": 1})
assert favourite("x y y z") == "y"
assert last(range(5), 2) == deque([3, 4])
assert last(range(5), 2).maxlen == 2
assert groups(["a", "bb", "c"]) == {1: ["a", "c"], 2: ["bb"]}
assert groups([])[7] == []
#% sets_and_frozensets: sets as results and as keys
#: wrong: left ^ right => left & right
def differ(left, right):
    return left ^ right
def pairs(values):
    return {frozenset((a, b)) for a in values for b in values if a != b}
#- tests
assert differ({1, 2, 3}, {2, 3, 4}) == {1, 4}
assert pairs("abc") == {frozenset("ab"), frozenset("bc"), frozenset("ac")}
assert len(pairs(range(5))) == 10
#% bytes_and_encodings: bytes, bytearray, memoryview, hex
#: wrong: (byte ^ key) => (byte | key)
def xor(data, key):
    return bytes((byte ^ key) for byte in data)
def patched(data, at, value):
    made = bytearray(data)
    memoryview(made)[at] = value
    return made
#- tests
assert xor(b"abc", 1) == b"`cb"
assert xor(xor(b"secret", 77), 77) == b"secret"
assert patched(b"abc", 1, 0x7A) == bytearray(b"azc")
assert xor("ä".encode(), 0).decode() == "ä"
assert xor(b"\x00\xff", 0xFF).hex() == "ff00"
#% huge_integers: integers of hundreds of digits
#: wrong: result * value => result * value + 1
def power(value, times):
    result = 1
    for _ in range(times):
        result = result * value
    return result
#- tests
assert power(10, 400) == 10 ** 400
assert power(-3, 5) == -243
assert len(str(power(7, 1000))) == 846
#% floats_near: floats within tolerances of all kinds
#: wrong: range(60) => range(2)
import math
def root(value):
    guess = max(value, 1.0)
    for _ in range(60):
        guess = (guess + value / guess) / 2
    return guess
#- tests
import math
assert abs(root(2) - 1.41421356) < 1e-6
assert math.isclose(root(144), 12.0, rel_tol=1e-9)
assert round(root(10), 3) == 3.162
assert -1e-9 < root(9) - 3 < 1e-9
#% nan_and_infinity: numbers that are none
#: wrong: return float("nan") => return float("inf")
import math
def divide(a, b):
    if b == 0:
        return float("nan") if a == 0 else math.copysign(math.inf, a)
    return a / b
#- tests
import math
assert math.isnan(divide(0, 0))
assert divide(1, 0) == math.inf
assert divide(-1, 0) == float("-inf")
assert divide(1, 4) == 0.25
#% unicode_text: text beyond ASCII, and half of a character
#: wrong: "NFC" => "NFD"
import unicodedata
def normal(text):
    return unicodedata.normalize("NFC", text)
def safe(text):
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
#- tests
assert normal("e\u0301") == "é"
assert len(normal("a\u0308o\u0308")) == 2
assert safe("ok ✓") == "ok ✓"
assert "\ufffd" in safe("\ud83d")
#% types_as_values: results that are types
#: wrong: "int": int => "int": float
def schema(row):
    kinds = {"int": int, "str": str, "float": float}
    return {name: kinds[type(value).__name__] for name, value in row.items()}
#- tests
assert schema({"a": 1, "b": "x", "c": 0.5}) == {"a": int, "b": str, "c": float}
assert schema({"a": 1})["a"] is int
#% none_and_identity: None, True and identity
#: wrong: return None => return False
CACHE = {}
def get(key, make=None):
    if key in CACHE:
        return CACHE[key]
    if make is None:
        return None
    CACHE[key] = make()
    return CACHE[key]
#- tests
assert get("x") is None
first = get("x", list)
assert first == []
assert get("x") is first
assert get("y", dict) is not get("z", dict)
#% nested_structures: deep JSON-like results
#: wrong: "children": [build(child) for child in children] => "children": []
def build(spec):
    name, *children = spec
    return {"name": name, "children": [build(child) for child in children]}
#- tests
import json
tree = build(["root", ["a", ["b"]], ["c"]])
assert tree == {
    "name": "root",
    "children": [
        {"name": "a", "children": [{"name": "b", "children": []}]},
        {"name": "c", "children": []},
    ],
}
assert json.loads(json.dumps(tree)) == tree
#% inplace_arguments: arguments that are changed, and what is returned
#: wrong: values[:] = => values =
def compact(values):
    values[:] = [value for value in values if value]
    return len(values)
#- tests
values = [0, 1, None, 2, ""]
kept = values
assert compact(values) == 2
assert values == [1, 2]
assert kept is values
#% many_answers: any of several answers is right
#: wrong: key=len => key=lambda part: -len(part)
def longest(text):
    found = {text[a:b] for a in range(len(text)) for b in range(a + 1, len(text) + 1) if text[a:b] == text[a:b][::-1]}
    return sorted(found)[-1] if len(text) < 3 else max(sorted(found), key=len)
#- tests
assert longest("babad") in ("bab", "aba")
assert longest("cbbd") == "bb"
assert longest("ac") in {"a", "c"}
#% regular_expressions: matches and groups
#: wrong: tuple(map(int, found.groups())) => found.groups()
import re
def clock(text):
    found = re.search(r"(\d{2}):(\d{2})", text)
    return found and tuple(map(int, found.groups()))
#- tests
assert clock("at 09:45 sharp") == (9, 45)
assert clock("never") is None
assert not clock("1:2")
#% numpy_arrays: arrays by value, dtype and shape
#: wrong: axis=0 => axis=1
import numpy as np
def centred(rows):
    data = np.array(rows, dtype=float)
    return data - data.mean(axis=0)
def count(rows):
    return np.array(rows).sum()
#- tests
import numpy as np
import unittest
class CentredTest(unittest.TestCase):
    def test_values(self):
        got = centred([[1, 2], [3, 6]])
        np.testing.assert_allclose(got, [[-1, -2], [1, 2]])
        np.testing.assert_array_equal(got.sum(axis=0), np.zeros(2))
        self.assertEqual(got.shape, (2, 2))
        self.assertEqual(got.dtype, np.float64)
        self.assertTrue(np.array_equal(got, np.array([[-1.0, -2.0], [1.0, 2.0]])))
        self.assertTrue((got == np.array([[-1, -2], [1, 2]])).all())
    def test_scalar(self):
        self.assertEqual(count([[1, 2], [3, 4]]), 10)
#% numpy_random_seed: draws of numpy that the tests seed
#: wrong: size=3 => size=4
import numpy as np
def noise():
    return np.random.randint(0, 100, size=3)
#- tests
import numpy as np
def test_noise():
    np.random.seed(0)
    first = noise().tolist()
    assert first == [44, 47, 64]
    np.random.seed(0)
    assert noise().tolist() == first
#% numpy_scalars: numpy's numbers among Python's
#: wrong: ddof=1 => ddof=0
import numpy as np
def spread(values):
    return {"std": np.std(values, ddof=1), "top": np.max(values), "even": np.mean(values) % 2 == 0}
#- tests
found = spread([1, 2, 3, 4])
assert abs(found["std"] - 1.2909944) < 1e-6
assert found["top"] == 4
assert not found["even"]
#% typing_protocols: Protocol, TypedDict, Generic and get_type_hints
#: wrong: self.items[-1] => self.items[0]
from typing import Generic, Protocol, TypedDict, TypeVar, get_type_hints, runtime_checkable
T = TypeVar("T")
@runtime_checkable
class Sized(Protocol):
    def size(self) -> int: ...
class Options(TypedDict, total=False):
    depth: int
class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []
    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self
    def top(self) -> T:
        return self.items[-1]
    def size(self) -> int:
        return len(self.items)
#- tests
from typing import get_type_hints
def test_protocol():
    stack = Stack[int]().push(1).push(2)
    assert isinstance(stack, Sized)
    assert not isinstance([], Sized)
    assert (stack.top(), stack.size()) == (2, 2)
def test_hints():
    assert get_type_hints(Options) == {"depth": int}
    assert get_type_hints(Stack.size) == {"return": int}
#% match_statement: structural patterns over tuples and classes
#: wrong: return a + b => return a - b
from dataclasses import dataclass
@dataclass
class Num:
    value: int
@dataclass
class Op:
    sign: str
    left: object
    right: object
def evaluate(node):
    match node:
        case Num(value):
            return value
        case Op("+", left, right):
            a, b = evaluate(left), evaluate(right)
            return a + b
        case Op("*", left, right):
            return evaluate(left) * evaluate(right)
        case _:
            raise TypeError(node)
#- tests
import pytest
def test_evaluate():
    assert evaluate(Op("+", Num(2), Op("*", Num(3), Num(4)))) == 14
def test_unknown():
    with pytest.raises(TypeError):
        evaluate("x")
#% string_protocols: str, repr, format and templates
#: wrong: {self.name:>6} => {self.name:<6}
from string import Template
class Row:
    def __init__(self, name, n):
        self.name, self.n = name, n
    def __str__(self):
        return f"{self.name:>6}|{self.n:05.1f}"
    def __repr__(self):
        return f"{type(self).__name__}({self.name!r}, {self.n!r})"
def greet(name):
    return Template("Hello, $name!").substitute(name=name)
#- tests
assert str(Row("ab", 3.14159)) == "    ab|003.1"
assert repr(Row("ab", 3)) == "Row('ab', 3)"
assert f"{Row('x', 0)!s}" == "     x|000.0"
assert greet("Ada") == "Hello, Ada!"
#% script_with_main: a script that ends with its own runner
#: wrong: return " ".join( => return "".join(
def spell(word):
    return " ".join(word.upper())
#- tests
import unittest
from solution import spell
class SpellTest(unittest.TestCase):
    def test_spell(self):
        self.assertEqual(spell("abc"), "A B C")
if __name__ == "__main__":
    suite = unittest.TestLoader().loadTestsFromTestCase(SpellTest)
    unittest.TextTestRunner(verbosity=2).run(suite)
#% pytest_main_at_the_end: a file that runs pytest itself
#: wrong: return n % 2 == 0 => return n % 2
def even(n):
    return n % 2 == 0
#- tests
import pytest
def test_even():
    assert even(2) is True
    assert even(3) is False
if __name__ == "__main__":
    pytest.main([__file__, "-v"])
#% humaneval_check: the form of HumanEval, with metadata
#: entry: largest
#: wrong: value > best => value < best
def largest(values):
    best = None
    for value in values:
        if best is None or value > best:
            best = value
    return best
#- tests
METADATA = {"author": "x", "dataset": "test"}
def check(candidate):
    assert candidate([1, 5, 3]) == 5
    assert candidate([-4, -2]) == -2, "negative"
    assert candidate([]) is None
#% leetcode_solution: a class Solution and methods with keyword arguments
#: entry: Solution().twoSum
#: wrong: target - value => target - value - 1
from typing import List
class Solution:
    def twoSum(self, nums: List[int], target: int) -> List[int]:
        seen = {}
        for at, value in enumerate(nums):
            if target - value in seen:
                return [seen[target - value], at]
            seen[value] = at
        return []
#- tests
def check(candidate):
    assert candidate(nums=[2, 7, 11, 15], target=9) == [0, 1]
    assert candidate(nums=[3, 2, 4], target=6) == [1, 2]
    assert sorted(candidate(nums=[3, 3], target=6)) == [0, 1]
#% tests_shadow_builtin: the program defines a name that is a builtin
#: wrong: result += value => result = value
def sum(*values):
    result = 0
    for value in values:
        result += value
    return result
#- tests
assert sum(10, 15) == 25
assert sum(1, 2, 3) == 6
assert sum() == 0
#% tests_define_same_name: tests have helpers named as the program's private ones
#: wrong: return _scale(x) + 1 => return _scale(x)
def _scale(x):
    return x * 10
def convert(x):
    return _scale(x) + 1
#- tests
from solution import convert
def _scale(x):
    return -x
def test_convert():
    assert convert(2) == 21
    assert _scale(2) == -2
#% program_has_test_names: a program with functions that look like tests
#: wrong: return text.strip() == "" => return text == ""
def test_blank(text=""):
    return text.strip() == ""
def checks(values):
    return [test_blank(value) for value in values]
#- tests
from solution import checks
import solution
def test_it():
    assert solution.test_blank("  ") is True
    assert checks(["", "x"]) == [True, False]
#% program_prints_and_sleeps: a program that is noisy while loading
#: wrong: return LOADED + n => return n
print("loading", flush=True)
import sys
print("warning", file=sys.stderr)
LOADED = 40
def plus(n):
    return LOADED + n
if __name__ == "__main__":
    print(plus(2), "from the command line")
#- tests
assert plus(2) == 42
