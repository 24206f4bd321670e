"""Odd outcomes of programs: whatever JSON, UTF-8, models, recursion and ``repr`` know that is not usual.

``submissions`` makes requests at random, the same for the same seed. Whatever they do, each has a verdict of its own:
none is a fault of the judge.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

PREAMBLE = r"""
import collections, datetime, decimal, fractions, io, itertools, json, math, os, sys, types
def nest(depth, make=lambda x: [x], x=1):
    for _ in range(depth): x = make(x)
    return x
def cycle():
    x = []; x.append(x); return x
def cyclic_dict():
    x = {}; x['x'] = x; return x
class Odd:
    def __repr__(self): raise SystemExit(0)
    __str__ = __hash__ = __eq__ = __iter__ = __len__ = __getattr__ = __repr__
class Names(type):
    @property
    def __name__(self): return 10 ** 5000
    __module__ = None
class Unnamed(metaclass=Names): pass
class OddInt(int):
    def __int__(self): raise KeyError
    __index__ = __repr__ = __str__ = __int__
class OddStr(str):
    def __str__(self): return '\ud800'
    __repr__ = __str__
class OddDict(dict):
    def items(self): return [1, 2]
    def __iter__(self): raise OSError
class OddList(list):
    def __iter__(self): return iter([Odd()])
    def __len__(self): return -1
Pair = collections.namedtuple('Pair', 'a b')
class Fields(tuple): _fields = ('a', 'a')
class Error(Exception): __module__ = 'no.such.module'
class Exiting(Exception): __module__ = 'antigravity'
class Told(Exception):
    def __str__(self): raise KeyboardInterrupt
    __repr__ = __str__
Hidden = type('E\u2028\x85', (Exception,), {'__module__': '\x00'})
class ListNode:
    def __init__(self, val=0, next=None): self.val, self.next = val, next
class TreeNode:
    def __init__(self, val=0, left=None, right=None): self.val, self.left, self.right = val, left, right
def linked(x, n):
    head = None
    for _ in range(n): head = ListNode(x, head)
    return head
def ring():
    head = ListNode(1); head.next = head; return head
def tree(x, n): return nest(n, lambda below: TreeNode(x, below), None)
"""
"""The parts of the values below."""

ATOMS = (
    "None",
    "True",
    "0",
    "10 ** 400",
    "10 ** 5000",
    "-10 ** 16000",
    "2 ** 1024",
    "-0.0",
    "5e-324",
    "1e308",
    "math.inf",
    "-math.inf",
    "math.nan",
    "''",
    r"'\x00'",
    r"'\ud800'",
    r"'\udfff\ud800x'",
    r"'\u2028\x85\x1c\x0b'",
    r"'\U0010ffff' * 9000",
    "'a' * 100000",
    r"'\ufeff'",
    r"'\u202e\u0000'",
    "b'\\xff'",
    "bytearray(b'x')",
    "memoryview(b'x')",
    "complex(math.nan, math.inf)",
    "decimal.Decimal('sNaN')",
    "decimal.Decimal('NaN')",
    "decimal.Decimal('1e999999')",
    "decimal.Decimal(1) / 3",
    "fractions.Fraction(1, 10 ** 5000)",
    "fractions.Fraction(10 ** 16000)",
    "range(10 ** 30)",
    "range(10 ** 7 + 1)",
    "range(3)",
    "iter([1])",
    "(x for x in 'ab')",
    "itertools.islice(itertools.count(), 5)",
    "map(Odd, [])",
    "datetime.datetime.max",
    "datetime.timedelta.min",
    "datetime.date.min",
    "Ellipsis",
    "NotImplemented",
    "object()",
    "int",
    "len",
    "sys",
    "lambda: 1",
    "Odd()",
    "Odd",
    "Unnamed()",
    "Unnamed",
    "OddInt(3)",
    "OddStr('a')",
    "OddDict(a=1)",
    "OddList([1])",
    "Pair(1, 2)",
    "Fields((1, 2))",
    "cycle()",
    "cyclic_dict()",
    "linked(1, 3)",
    "linked(10 ** 5000, 2)",
    "linked(1, 50000)",
    "ring()",
    "tree(1, 3)",
    "tree(1, 50000)",
    "TreeNode(cycle())",
    "collections.Counter('aab')",
    "collections.OrderedDict(a=1)",
    "collections.defaultdict(int, {1: 2})",
    "collections.deque([1])",
    "types.SimpleNamespace(a=1)",
    "{}.keys()",
    "{1: 2}.items()",
    "{10 ** 5000: 1}",
    "{None: 1, True: 2, 1.5: 3}",
    "{(1, 2): 3}",
    r"{'\ud800': '\ud800'}",
    "{frozenset(): 1}",
    "{1, 2}",
    "frozenset([1])",
    "Error('x')",
    "Told()",
    "os.environ",
    "io.StringIO('x')",
    "__import__('array').array('d', [1])",
    *(f"nest({depth})" for depth in (31, 33, 120, 198, 255, 256, 300, 490, 900, 990, 5000, 100000)),
    *(f"nest({depth}, lambda x: {{'a': x}})" for depth in (100, 250, 400, 900, 20000)),
    *(f"nest({depth}, lambda x: (x,))" for depth in (100, 300, 900)),
)
WRAPS = (
    "{0}",
    "{0}",
    "{0}",
    "[{0}]",
    "[1, {0}, {0}]",
    "({0},)",
    "{{'k': {0}}}",
    "nest(200, x={0})",
    "str.__str__(str([{0}]))",
    "collections.deque([{0}])",
    "[{0}] * 500",
)
RAISED = (
    "ValueError({0})",
    "Error({0})",
    "Exiting({0})",
    "Told({0})",
    "Hidden({0})",
    "SystemExit({0})",
    "KeyboardInterrupt({0})",
    "GeneratorExit({0})",
    "StopIteration({0})",
    "ExceptionGroup('g', [ValueError({0})])",
    "BaseExceptionGroup(str({0}), [SystemExit(1)])",
    "UnicodeEncodeError('utf-8', '\\ud800', 0, 1, str({0})[:9])",
    "SyntaxError(str({0})[:99], ('f', 1, 1, str({0})[:99]))",
    "RecursionError({0})",
    "MemoryError({0})",
    "AssertionError({0})",
)
RAW = (
    b"",
    b"null",
    b"[]",
    b"{",
    b'{"value": ',
    b"\xff\xfe",
    b'\xef\xbb\xbf{"value": 1}',
    b"[" * 100_000,
    b'{"value": ' * 400 + b"1" + b"}" * 400,
    b'{"value": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"value": ' + b"9" * 5000 + b"}",
    b'{"value": 1e999}',
    b'{"value": -Infinity}',
    b'{"value": "\\ud800"}',
    b'{"syntax_error": ["x"]}',
    b'{"syntax_error": "\\ud800"}',
    b'{"syntax_error": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"missing": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"missing": "\\udc00"}',
    b'{"not_plain": {"a": "\\ud800"}}',
    b'{"value": {"type": "namedtuple", "value": [1]}}',
    b'{"value": {"type": "namedtuple", "value": ["a", ["1"], []]}}',
    b'{"value": {"type": "array", "value": []}}',
    b'{"value": {"type": "array", "value": ["", [1, [2]]]}}',
    b'{"value": {"type": "array", "value": ["<U1000000", ["a"]]}}',
    b'{"value": {"type": "dict", "value": [[[], 1]]}}',
    b'{"value": {"type": "dict", "value": [[{"type": "int", "value": "0x1"}, 1], ["1", 2]]}}',
    b'{"value": {"type": "dict", "value": 5}}',
    b'{"value": {"type": "int", "value": "zz"}}',
    b'{"value": {"type": "int", "value": 7}}',
    b'{"value": {"type": "range", "value": [0, 1e30, 1]}}',
    b'{"value": {"type": "range", "value": [0, ' + b"9" * 31 + b", 1]}}",
    b'{"value": {"type": "range", "value": [1, 2, 0]}}',
    b'{"value": {"type": ["x"], "value": 1}}',
    b'{"value": {"type": null}}',
    b'{"value": {"value": 1}}',
    b'{"value": {"type": "fraction", "value": "1e16000000"}}',
    b'{"value": {"type": "fraction", "value": "1/0"}}',
    b'{"value": {"type": "decimal", "value": [0, [1], 5]}}',
    b'{"value": {"type": "decimal", "value": "sNaN"}}',
    b'{"value": {"type": "complex", "value": {}}}',
    b'{"value": {"type": "bytes", "value": "\\u00e9"}}',
    b'{"value": {"type": "datetime", "value": "x"}}',
    b'{"value": {"type": "timedelta", "value": [1e300, 0, 0]}}',
    b'{"value": {"type": "set", "value": [[1], {"type": "set", "value": []}]}}',
    b'{"value": {"type": "mine", "value": [1, {}]}}',
    b'{"value": {"type": "library", "value": ["os", "system"]}}',
)
VALUE_CHECKERS: tuple[dict[str, Any], ...] = (
    {"kind": "json"},
    {"kind": "float"},
    {"kind": "unordered"},
    {"kind": "unordered", "nested": True},
    {"kind": "lcb"},
    {"kind": "microcoder_loose"},
    {"kind": "any_of"},
    {"kind": "any_of", "checker": {"kind": "float", "abs": 0.1}},
)
TEXT_CHECKERS: tuple[dict[str, Any], ...] = (
    {"kind": "tokens"},
    {"kind": "lines"},
    {"kind": "exact"},
    {"kind": "json"},
    {"kind": "float"},
    {"kind": "unordered"},
    {"kind": "unordered", "of": "tokens"},
    {"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]},
    {"kind": "lcb"},
    {"kind": "microcoder_loose"},
)
EXPECTED: tuple[Any, ...] = (1, 1.5, "x", None, True, [], [1], [1.5, "a"], {"a": 1}, {"a": [1, {"b": 2}]}, [[1], [2]])
TEXTS = ("1\n", "1.5\n", "[1]\n", '{"a": 1}\n', "0x10\n", "a b\nc\n", "", "nan\n", "1e400\n")
SOURCES = (
    "print(1)\ud800",
    "x = '" + "😀" * 9000,
    "x = " + "(" * 300,
    "x = " + "[" * 5000,
    "-" * 100_000 + "1",
    "x = 1" + "+1" * 20_000,
    "\x00",
    "# coding: no-such",
    "# coding: utf-16\nprint(1)",
    "def f(n): return \\",
    "\ufeffprint(1)",
    "é = 1\nprint(é)",
    "print('\\N{NO SUCH}')",
    "x = 0" + "9" * 5000,
    "x = " + "9" * 5000,
    "if 1:\n" + "".join(" " * depth + "if 1:\n" for depth in range(1, 120)),
    "print(1)\r\rprint(2)",
    "lambda: (yield)",
    "*a, = 1,\nprint(a",
    "f'{" * 200,
)
"""Sources that Python's parser refuses, or nearly."""


CHECKER = """
import sys
output = open(sys.argv[2], encoding="utf-8").read()
answer = open(sys.argv[3]).read()
sys.exit(0 if int(output.split()[0]) == int(answer) and len(output.split()) == 1 else 1)
"""
"""A checker that fails on whatever is no number."""
INTERACTOR = """
import sys
print(7, flush=True)
line = input()
sys.exit(0 if int(line) == 14 else 1)
"""
"""An interactor that fails on whatever is no number, and on an end of its input."""
_COUNTS = (1,) * 10 + (2, 2, 2, 5, 5, 17)
"""The number of tests of a suite: one where the outcome itself is what matters."""
_LIMITS = {"cpu_s": 2, "wall_s": 4, "memory_mb": 256}


def submissions(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Requests of ``POST /v1/grade``, in all modes of Python."""
    draw = random.Random(seed)
    often = (_returns, _returns, _raises, _prints, _tested_by_assertions)
    makers = (*often * 4, _writes_result, _writes_result, _operations, _operations, _exits, _source, _checked, _talks)
    for number in range(count):
        request = draw.choice(makers)(draw)
        request["policy"] = draw.choice(("first_failure", "all"))
        request["detail"] = draw.choice(("summary", "tests", "full"))
        request["id"] = str(number)
        yield request


def runs(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Requests of ``POST /v1/run``."""
    draw = random.Random(seed)
    for _ in range(count):
        name = draw.choice(("out", "\u2028", "é" * 100, "a b", "-rf"))
        left = draw.choice(
            ("open({0!r}, 'wb').write(b'\\xff')", "os.mkdir({0!r})", "os.mkfifo({0!r})", "os.symlink('/', {0!r})")
        )
        code = f"{PREAMBLE}\n{left.format(name)}\nprint({_value(draw)})\n"
        yield {"code": code, "collect": [name], "args": ["\u2028", ""], "files": {"é": "1"}, "limits": _LIMITS}


def _value(draw: random.Random) -> str:
    value = draw.choice(WRAPS).format(draw.choice(ATOMS))
    return f"[{value}, {draw.choice(ATOMS)}]" if draw.random() < 0.2 else value


def _suite(draw: random.Random, mode: str, **fields: Any) -> dict[str, Any]:
    values = mode == "function"
    checker = draw.choice(VALUE_CHECKERS if values else TEXT_CHECKERS)
    tests = []
    for _ in range(draw.choice(_COUNTS)):
        output = draw.choice(EXPECTED if values else TEXTS)
        if checker["kind"] == "any_of":
            output = [output, draw.choice(EXPECTED)]
        if checker["kind"] == "json" and not values:
            output = draw.choice(("1\n", "[1]\n", '{"a": 1}\n'))
        tests.append({"input": [1] if values else "1\n", "output": output})
    how = {"isolation": "per_test"} if draw.random() < 0.3 else {}
    return {"mode": mode, "tests": tests, "checker": checker, "limits": _LIMITS, **how, **fields}


def _function(draw: random.Random, body: str, **fields: Any) -> dict[str, Any]:
    code = f"{PREAMBLE}\ndef f(n):\n    {body}\n"
    return {"code": code, "suite": _suite(draw, "function", function={"name": "f", **fields})}


def _returns(draw: random.Random) -> dict[str, Any]:
    types = (
        {} if draw.random() < 0.8 else {"types": {"returns": draw.choice(("ListNode", "TreeNode", "list[ListNode]"))}}
    )
    return _function(draw, f"return {_value(draw)}", **types)


def _raises(draw: random.Random) -> dict[str, Any]:
    return _function(draw, f"raise {draw.choice(RAISED).format(_value(draw))}")


def _writes_result(draw: random.Random) -> dict[str, Any]:
    return _function(draw, f"open('result.json', 'wb').write({draw.choice(RAW)!r}); os._exit(0)")


def _operations(draw: random.Random) -> dict[str, Any]:
    code = f"{PREAMBLE}\nclass C:\n    def g(self): return {_value(draw)}\n"
    suite = _suite(draw, "function", function={"name": "C", "style": "operations"})
    several = suite["checker"]["kind"] == "any_of"
    for test in suite["tests"]:
        output = [None, draw.choice(EXPECTED)]
        test |= {"input": [["C", "g"], [[], []]], "output": [output] if several else output}
    return {"code": code, "suite": suite}


def _prints(draw: random.Random) -> dict[str, Any]:
    write = draw.choice(
        (
            "print({0})",
            "print({0}, file=sys.stderr)",
            "sys.stdout.write(str({0}))",
            "sys.stdout.reconfigure(errors='surrogatepass'); print({0})",
            "print(json.dumps({0}, default=str))",
            "os.write(1, repr({0}).encode('utf-16'))",
            "print('1'); raise ValueError({0})",
        )
    )
    return {"code": f"{PREAMBLE}\n{write.format(_value(draw))}\n", "suite": _suite(draw, "stdio")}


def _exits(draw: random.Random) -> dict[str, Any]:
    return {"code": f"{PREAMBLE}\nprint(1)\nsys.exit({_value(draw)})\n", "suite": _suite(draw, "stdio")}


def _source(draw: random.Random) -> dict[str, Any]:
    source = draw.choice(SOURCES)
    mode, fields = draw.choice((("stdio", {}), ("function", {"function": {"name": "f"}})))
    if draw.random() < 0.3:
        return {"response": f"```python\n{source}\n```\ud83d", "suite": _suite(draw, mode, **fields)}
    return {"code": source, "suite": _suite(draw, mode, **fields)}


def _tested_by_assertions(draw: random.Random) -> dict[str, Any]:
    body = draw.choice((f"return {_value(draw)}", f"raise {draw.choice(RAISED).format(_value(draw))}"))
    test_code = draw.choice(
        (
            "assert f(1) == 1",
            "assert f(1) == [1], f'got {f(1)!r}'",
            "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(f(1), {'a': 1})",
            "def test_a():\n    assert str(f(1)) == 'x'\ndef test_b():\n    assert len(f(1)) == 3",
            "import pytest\ndef test_a():\n    with pytest.raises(ValueError, match='x'): f(1)",
            "def check(candidate):\n    assert sorted(candidate(1)) == [1]\ncheck(f)",
            "for x in f(1): assert x == 1\nassert f(1)",
        )
    )
    apart = {} if draw.random() < 0.7 else {"apart": False}
    suite = {"mode": "program", "program": {"test_code": test_code, **apart}, "limits": {"cpu_s": 2, "wall_s": 4}}
    return {"code": f"{PREAMBLE}\ndef f(n):\n    {body}\n", "suite": suite}


def _written(draw: random.Random) -> str:
    how = draw.choice(("print({0})", "os.write(1, repr({0}).encode('utf-16'))", "sys.stdout.buffer.write(bytes({0}))"))
    return how.format(_value(draw))


def _checked(draw: random.Random) -> dict[str, Any]:
    checker = {"kind": "program", "language": "python", "code": CHECKER}
    suite = {"mode": "stdio", "tests": [{"input": "", "output": "7\n"}], "checker": checker, "limits": _LIMITS}
    return {"code": f"{PREAMBLE}\n{_written(draw)}\n", "suite": suite}


def _talks(draw: random.Random) -> dict[str, Any]:
    ends = draw.choice(("", "input()", "sys.exit(3)", "os.close(1); input()", "1 / 0", "os.abort()"))
    interactor = {"language": "python", "code": INTERACTOR}
    suite = {"mode": "interactive", "tests": [{"input": ""}], "interactor": interactor, "limits": _LIMITS}
    return {"code": f"{PREAMBLE}\nn = input()\n{_written(draw)}\n{ends}\n", "suite": suite}
